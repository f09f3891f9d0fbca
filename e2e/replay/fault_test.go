package replay

import (
	"reflect"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
)

// A field that is forgotten here would be a fault that never happens.
func TestSpecPatch_HasEveryField(t *testing.T) {
	var p api.JobPatch
	v := reflect.ValueOf(&p).Elem()
	for i := range v.NumField() {
		v.Field(i).FieldByName("Set").SetBool(true)
	}
	patch := specPatch(&p)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if key := strings.ToLower(name[:1]) + name[1:]; name != "TTLSecondsAfterFinished" && patch[key] == nil {
			t.Errorf("%s is not sent", key)
		}
	}
	if len(patch) != v.NumField() {
		t.Errorf("want %d fields, got %v", v.NumField(), patch)
	}
	p = api.JobPatch{PodReplacementPolicy: api.Some(api.ReplaceFailed)}
	if got := specPatch(&p)["podReplacementPolicy"]; got != "Failed" {
		t.Errorf("want the API's word, got %v", got)
	}
}
