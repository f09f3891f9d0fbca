package main

import (
	"encoding/csv"
	"io"
)

// writeCSV writes a table whose first row is its header.
func writeCSV(w io.Writer, table [][]string) error {
	c := csv.NewWriter(w)
	if err := c.WriteAll(table); err != nil {
		return err
	}
	return c.Error()
}
