package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
)

// Every field of the API that a manifest can set is modelled, immaterial or refused by an entry of its own, and every
// entry is a field of the API. A field that a Kubernetes upgrade adds, takes away or renames fails here first.
func TestFields_CoverTheAPI(t *testing.T) {
	coverAPI(t, reflect.TypeFor[batchv1.Job](), fields)
	coverAPI(t, reflect.TypeFor[batchv1.CronJob](), cronFields)
}

func coverAPI(t *testing.T, object reflect.Type, fields table) {
	t.Helper()
	seen := map[string]bool{}
	walkFields(t, fields, object, "", seen)
	for path, tr := range fields {
		if !seen[path] {
			t.Errorf("%s has an entry and is no field of the API", path)
		}
		if tr.refused && tr.why == "" {
			t.Errorf("%s is refused without a reason", path)
		}
	}
}

// walkFields descends until a path has an entry whose treatment goes for all below it: what is immaterial or refused is
// so with its parts; what is modelled, and what has entries below it, has one for each of its fields.
func walkFields(t *testing.T, fields table, typ reflect.Type, path string, seen map[string]bool) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		if typ.Kind() == reflect.Slice {
			path += "[]"
		}
		typ = typ.Elem()
	}
	for name, ft := range jsonFields(typ) {
		at := join(path, name)
		entry, ok := fields[at]
		if ok {
			seen[at] = true
		}
		deeper := hasEntryBelow(fields, at)
		switch {
		case ok && !deeper:
			if inner := structOf(ft); !entry.refused && entry.why == "" && inner != nil {
				t.Errorf("%s is modelled as a whole, but nothing says so of its fields", at)
			}
		case deeper:
			walkFields(t, fields, ft, at, seen)
		default:
			t.Errorf("%s: a field of the API without an entry", at)
		}
	}
}

func hasEntryBelow(fields table, path string) bool {
	for p := range fields {
		if strings.HasPrefix(p, path+".") || strings.HasPrefix(p, path+"[") {
			return true
		}
	}
	return false
}

// structOf is the struct type that t leads to and that reads its fields one by one; nil if there is none.
func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(unmarshaler) {
		return nil
	}
	return t
}

// Every knob of the modelled system can be set, and setting it is what changes.
func TestKnobs_AllCanBeSet(t *testing.T) {
	knobs := reflect.TypeFor[api.Knobs]()
	for i := range knobs.NumField() {
		name := knobs.Field(i).Name
		if name == "Kubernetes" || name == "Latency" { // fields of the scenario and of the cluster
			continue
		}
		var n Knobs
		field := reflect.ValueOf(&n).Elem().FieldByName(name)
		if !field.IsValid() {
			t.Errorf("%s cannot be set by a scenario", name)
			continue
		}
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
		} else {
			field.Set(reflect.ValueOf(Span{Duration: 7 * des.Nanosecond, Set: true}))
		}
		before, after := api.DefaultKnobs(), api.DefaultKnobs()
		override(&after, &n)
		if reflect.DeepEqual(before, after) {
			t.Errorf("%s is set and nothing changes", name)
		}
	}
}
