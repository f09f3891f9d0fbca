package main

import (
	"errors"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// parquet writes the sweep as a Parquet file: factors are strings, numbers are doubles or missing.
func (t *sweepTable) parquet(w io.Writer) error {
	group := parquet.Group{"runs": parquet.Leaf(parquet.Int64Type)}
	for _, f := range t.factors {
		group[f] = parquet.String()
	}
	header := t.header()
	for _, name := range header[len(t.factors)+1:] {
		group[name] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
	}
	// The columns of a group are in the order of their names.
	order := slices.Sorted(slices.Values(header))
	column := func(name string) int { return slices.Index(order, name) }
	out := parquet.NewWriter(w, parquet.NewSchema("sweep", group))
	for _, r := range t.rows {
		row := make(parquet.Row, len(order))
		for i, v := range r.values {
			c := column(t.factors[i])
			row[c] = parquet.ByteArrayValue([]byte(v)).Level(0, 0, c)
		}
		c := column("runs")
		row[c] = parquet.Int64Value(int64(r.runs)).Level(0, 0, c)
		var numbers []*float64
		for _, n := range r.numbers {
			numbers = append(numbers, n[:]...)
		}
		for i, v := range append(numbers, r.exact) {
			c := column(header[len(t.factors)+1+i])
			if row[c] = parquet.NullValue().Level(0, 0, c); v != nil {
				row[c] = parquet.DoubleValue(*v).Level(0, 1, c)
			}
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}
