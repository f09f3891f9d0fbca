package scenarios

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
)

// Every field of a Job manifest is modelled, immaterial or refused. A Kubernetes upgrade that adds one fails here
// first.
func TestFields_CoverTheAPI(t *testing.T) {
	leaves := 0
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case path != "" && covered(path):
			leaves++
			return
		case typ.Kind() == reflect.Slice:
			walk(typ.Elem(), path+"[]")
		case typ.Kind() == reflect.Struct && !reflect.PointerTo(typ).Implements(reflect.TypeFor[json.Unmarshaler]()):
			for name, ft := range jsonFields(typ) {
				walk(ft, join(path, name))
			}
		default:
			t.Errorf("%s: say in fields.go whether it is modelled", path)
		}
	}
	walk(reflect.TypeFor[batchv1.Job](), "")
	if leaves < 80 {
		t.Errorf("only %d fields seen", leaves)
	}
}

// covered says whether an entry decides the whole field. The lists of containers are decided field by field.
func covered(path string) bool {
	if strings.HasSuffix(path, "ontainers") && !strings.HasSuffix(path, "ephemeralContainers") || strings.HasSuffix(path, "ontainers[]") {
		return false
	}
	_, ok := treatmentOf(path)
	return ok
}

// No entry is about a field that does not exist.
func TestFields_Exist(t *testing.T) {
	for path := range fields {
		typ := reflect.TypeFor[batchv1.Job]()
		for _, part := range strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".") {
			for typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			if part == "[]" {
				typ = typ.Elem()
				continue
			}
			if typ.Kind() == reflect.Map {
				break
			}
			next, ok := jsonFields(typ)[part]
			if !ok {
				t.Errorf("%s: no such field", path)
				break
			}
			typ = next
		}
	}
}
