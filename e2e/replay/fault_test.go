package replay

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
)

// A field that is forgotten here would be a fault that never happens.
func TestSpecPatch_HasEveryField(t *testing.T) {
	var p api.JobPatch
	v := reflect.ValueOf(&p).Elem()
	var missing []string
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Requests" { // a scenario that has them is refused
			continue
		}
		v.Field(i).FieldByName("Set").SetBool(true)
		missing = append(missing, strings.ToLower(name))
	}
	for key := range specPatch(&p) {
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == strings.ToLower(key) })
	}
	if len(missing) > 0 {
		t.Errorf("%q are not sent", missing)
	}
	p = api.JobPatch{PodReplacementPolicy: api.Some(api.ReplaceFailed)}
	if got := specPatch(&p)["podReplacementPolicy"]; got != "Failed" {
		t.Errorf("want the API's word, got %v", got)
	}
}
