package scenarios

import (
	"errors"
	"reflect"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
)

// knobs are the profile's, with what the scenario says of them.
func (s *Scenario) knobs() api.Knobs {
	k := api.DefaultKnobs()
	k.Kubernetes, _ = minor(s.File.Kubernetes)
	c := &s.File.Cluster
	p := profiles[c.Profile]
	p.cluster.apply(&k)
	c.apply(&k)
	if !c.Knobs.RestartBackoff.Set { // a cap below the first delay is also the first (pkg/kubelet/kubelet.go:364@v1.37.2)
		k.RestartBackoff = min(k.RestartBackoff, k.MaxRestartBackoff)
	}
	return k
}

// apply puts what is given of the latencies and knobs into k.
func (c *Cluster) apply(k *api.Knobs) {
	override(&k.Latency, &c.Latency)
	override(k, &c.Knobs)
}

// override sets the fields of dst to the fields of the same names of src, pointers to structs, that are given.
func override(dst, src any) {
	from, to := reflect.ValueOf(src).Elem(), reflect.ValueOf(dst).Elem()
	for i := range from.NumField() {
		field := to.FieldByName(from.Type().Field(i).Name)
		switch v := from.Field(i).Interface().(type) {
		case Span:
			if v.Set {
				field.SetInt(int64(v.Duration))
			}
		case Dist:
			if v.Set {
				field.Set(reflect.ValueOf(v.Dist))
			}
		default:
			if p := from.Field(i); !p.IsNil() {
				field.Set(p.Elem())
			}
		}
	}
}

// knobNames are the names in a file, below cluster, of the fields of api.Knobs.
var knobNames = func() map[string]string {
	names := map[string]string{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Latency]()) {
		names["Latency."+f.Name] = "latency." + fileName(f)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Knobs]()) {
		names[f.Name] = "knobs." + fileName(f)
	}
	return names
}()

// fileName is the name of a field in a file.
func fileName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// validateKnobs reports knobs with which nothing can be simulated.
func (s *Scenario) validateKnobs() {
	l := reflect.ValueOf(s.File.Cluster.Latency)
	for i := range l.NumField() {
		if d, ok := l.Field(i).Interface().(Dist); ok && d.Forever {
			s.doc.add("cluster.latency."+fileName(l.Type().Field(i)), "cannot last for ever")
		}
	}
	k := s.knobs()
	var e *api.KnobError
	if !errors.As(k.Validate(), &e) {
		return
	}
	for _, p := range e.Problems {
		if name, ok := knobNames[p.Knob]; ok { // the version has been seen to
			s.doc.add("cluster."+name, "%s", p.What)
		}
	}
}
