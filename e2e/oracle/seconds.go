package oracle

import (
	"reflect"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var timeType = reflect.TypeFor[metav1.Time]()

// wholeSeconds truncates every metav1.Time below v, which must be addressable or a pointer, as the
// trip through etcd does: protobuf and JSON both cut them. Back-offs that count from such a time
// start up to a second early for that reason.
func wholeSeconds(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && holdsTime(v.Type().Elem()) {
			wholeSeconds(v.Elem())
		}
	case reflect.Slice:
		if holdsTime(v.Type().Elem()) {
			for i := range v.Len() {
				wholeSeconds(v.Index(i))
			}
		}
	case reflect.Struct:
		if t, ok := v.Addr().Interface().(*metav1.Time); ok {
			t.Time = t.Time.Truncate(time.Second)
			return
		}
		for _, i := range fieldsWithTime(v.Type()) {
			wholeSeconds(v.Field(i))
		}
	}
}

var timeFields sync.Map // reflect.Type of a struct -> []int, the fields in which there is a metav1.Time

func fieldsWithTime(t reflect.Type) []int {
	if f, ok := timeFields.Load(t); ok {
		return f.([]int)
	}
	var fields []int
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && holdsTime(f.Type) {
			fields = append(fields, i)
		}
	}
	timeFields.Store(t, fields)
	return fields
}

var timeHolders sync.Map // reflect.Type -> bool

func holdsTime(t reflect.Type) bool {
	if b, ok := timeHolders.Load(t); ok {
		return b.(bool)
	}
	b := searchTime(t, map[reflect.Type]bool{})
	timeHolders.Store(t, b)
	return b
}

func searchTime(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return searchTime(t.Elem(), seen)
	case reflect.Struct:
		if t == timeType {
			return true
		}
		for i := range t.NumField() {
			if t.Field(i).IsExported() && searchTime(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
