package scenarios

import (
	"strings"
	"testing"
)

// Every preset can be drawn from, says where it comes from, and can be named in a scenario.
func TestPresets(t *testing.T) {
	for _, p := range Presets() {
		if d, err := ParseDist("preset:" + p.Name); err != nil || d.IsZero() {
			t.Errorf("%s: %v, %v", p.Name, d, err)
		}
		if p.Source == "" || p.Fit == "" {
			t.Errorf("%s has no source, or no fit", p.Name)
		}
	}
	if _, err := ParseDist("preset:x"); err == nil || !strings.Contains(err.Error(), "openb-run") {
		t.Errorf("%v", err)
	}
	list, _, err := Load("a.yaml", strings.NewReader(plainJob), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	s, err := list[0].With(Change{"fates", "[{run: 'preset:openb-run', failAfter: 'preset:openb-failure', exit: 1}]"})
	if err != nil || s.File.Fates[0].Run.Dist.String() != "lognormal:15m23s,1.899" {
		t.Errorf("%+v, %v", s, err)
	}
}
