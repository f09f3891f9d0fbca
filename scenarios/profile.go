package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
)

// Origin is where a number comes from.
type Origin string

// The origins of the numbers of a profile.
const (
	Upstream Origin = "kubernetes" // its default in Kubernetes v1.37.2; the source is file and line
	Measured Origin = "measured"   // the source says on what, and how
	Fitted   Origin = "fitted"     // such that a whole comes out as measured; the source says which
	Assumed  Origin = "assumed"    // the source says why
)

// Setting is one number of a cluster, and where it comes from.
type Setting struct {
	Name   string `json:"name"` // in a scenario, below cluster, such as knobs.syncBatch
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
	Source string `json:"source"`
}

// profile is a cluster to start from: Kubernetes' defaults without latencies, but for some settings.
type profile struct {
	settings []Setting
	cluster  Cluster // that the settings make
}

// onKind is the cluster of the measurements: kind v0.33.0 with one node of Kubernetes v1.37.2 on two cores, 2026-11-24.
// loaded are four replays of 100 pods of 1 s, 20 at a time, while builds took part of the processors: creation to start
// took 4.6 to 7.8 s at the median, the whole 57 to 82 s.
const (
	onKind = "kind, 2 cores, 100 pods of 1 s, 20 at a time: "
	loaded = "kind, the same 100 pods beside builds that made it 2.3 to 3.9 times as slow, divided by that: "
	pure   = "the pure logic, for exact comparisons"
)

// profiles are the clusters to start from, by name.
var profiles = map[string]*profile{
	"none": {settings: []Setting{
		{"knobs.kubeAPIQPS", "0", Assumed, pure},
		{"knobs.events", "false", Assumed, "without a client limit they delay nothing"},
		{"knobs.restartJitter", "false", Assumed, pure},
	}},
	"default": {settings: []Setting{
		{"latency.request", "5ms", Assumed, "an idle API server beside its client; 20ms changes the whole by less than 1 %"},
		{"latency.watch", "2ms", Assumed, "part of what was measured as latency.bind"},
		{"latency.bind", "20ms", Measured, loaded + "50 to 80 ms at the median"},
		{"latency.start", "lognormal:1.98s,0.36", Measured, onKind + "creation to start 2 s at the median, 5 s at most"},
		{"latency.relist", "1.013s", Measured,
			"kind, 2,998 pairs of notices of one kubelet in 920 replays on two cores, 2026-11-28: a second " +
				"(pkg/kubelet/kubelet.go:215), and what a look takes"},
		{"latency.kubelets", "0", Assumed, "a cluster of many nodes: no two pods have the same kubelet"},
		{"latency.observe", "0s", Measured, "the same replays: an end is noticed after half of latency.relist at the median"},
		{"latency.restart", "lognormal:170ms,0.9", Measured,
			"kind, 77 first restarts in the same replays: 0.17 s at the median, 0.1 and 0.42 s at the quartiles, 1 s at most"},
		{"latency.stop", "lognormal:1.22s,0.58", Fitted,
			onKind + "37 s for the whole, with a look before it; the spread as " + loaded + "0.33 to 0.40 of both"},
		{"latency.kill", "lognormal:500ms,0.7", Measured,
			"kind, 138 deleted pods in two suites of e2e on two cores, 2026-11-28: 0.5 s at the median, " +
				"0.3 and 1 s at the quartiles, 1.8 s at most"},
		{"latency.remove", "lognormal:300ms,0.6", Measured,
			"kind, 20 pods deleted at once, beside builds that made it 2.5 times as slow, divided by that: " +
				"0.3 s at the median, 0.6 s at most"},
	}},
}

const defaultProfile = "default"

// upstream has the file and line of the default of each knob in Kubernetes v1.37.2.
var upstream = map[string]string{
	"syncBatch":                    "pkg/controller/job/job_controller.go:71",
	"apiBackoff":                   "pkg/controller/job/job_controller.go:73",
	"maxAPIBackoff":                "pkg/controller/job/job_controller.go:75",
	"podFailureBackoff":            "pkg/controller/job/job_controller.go:77",
	"maxPodBackoff":                "pkg/controller/job/job_controller.go:79",
	"maxUncountedPods":             "pkg/controller/job/job_controller.go:83",
	"maxPodsPerSync":               "pkg/controller/job/job_controller.go:86",
	"slowStartBatch":               "pkg/controller/controller_utils.go:87",
	"expectationTimeout":           "pkg/controller/controller_utils.go:72",
	"concurrentJobSyncs":           "pkg/controller/job/config/v1alpha1/defaults.go:34",
	"kubeAPIQPS":                   "pkg/controller/apis/config/v1alpha1/defaults.go:61",
	"kubeAPIBurst":                 "pkg/controller/apis/config/v1alpha1/defaults.go:64",
	"events":                       "pkg/controller/job/job_controller.go:265",
	"restartBackoff":               "pkg/kubelet/kubelet.go:173",
	"maxContainerRestartPeriod":    "pkg/kubelet/apis/config/v1beta1/defaults.go:45",
	"restartBackoffReset":          "pkg/kubelet/kubelet.go:1089",
	"restartJitter":                "pkg/kubelet/pod_workers.go:1547",
	"nodeMonitorPeriod":            "pkg/controller/nodelifecycle/config/v1alpha1/defaults.go:52",
	"nodeMonitorGracePeriod":       "pkg/controller/nodelifecycle/config/v1alpha1/defaults.go:46",
	"leaseRenewInterval":           "pkg/kubelet/kubelet.go:237",
	"unreachableTolerationSeconds": "plugin/pkg/admission/defaulttolerationseconds/admission.go:45",
	"podGCPeriod":                  "pkg/controller/podgc/gc_controller.go:48",
	"podGCQuarantine":              "pkg/controller/podgc/gc_controller.go:51",
	"uptime":                       "pkg/controller/podgc/gc_controller.go:112",
}

func init() {
	for name, p := range profiles {
		for _, s := range p.settings {
			if err := p.cluster.set(s.Name, s.Value); err != nil {
				panic(fmt.Sprintf("profile %s: %s: %v", name, s.Name, err)) // the table is ours
			}
		}
	}
	profiles[""] = profiles[defaultProfile]
}

// set gives a field of the latencies or knobs the value that a file would give it.
func (c *Cluster) set(name, value string) error {
	if !json.Valid([]byte(value)) {
		value = strconv.Quote(value)
	}
	group, field, _ := strings.Cut(name, ".")
	return json.Unmarshal(fmt.Appendf(nil, "{%q: {%q: %s}}", group, field, value), c)
}

// Profiles are the names of the profiles, sorted.
func Profiles() []string { return []string{"default", "none"} }

// Settings are all numbers of the cluster of a profile, in the order of the scenario format.
func Settings(name string) ([]Setting, error) {
	p, ok := profiles[name]
	if !ok || name == "" {
		return nil, unknownProfile(name)
	}
	k := api.DefaultKnobs()
	p.cluster.apply(&k)
	var out []Setting
	list := func(group string, format reflect.Type, values reflect.Value) {
		for _, f := range reflect.VisibleFields(format) {
			s := Setting{Name: group + "." + fileName(f), Value: fmt.Sprint(values.FieldByName(f.Name)), Origin: Upstream,
				Source: upstream[fileName(f)]}
			if group == "latency" {
				s.Origin, s.Source = Assumed, "no latency"
			}
			for _, own := range p.settings {
				if own.Name == s.Name {
					s.Origin, s.Source = own.Origin, own.Source
				}
			}
			s.Value = strings.TrimPrefix(s.Value, "constant:")
			out = append(out, s)
		}
	}
	list("latency", reflect.TypeFor[Latency](), reflect.ValueOf(k.Latency))
	list("knobs", reflect.TypeFor[Knobs](), reflect.ValueOf(k))
	return out, nil
}

// unknownProfile is the error about a profile that there is not.
func unknownProfile(name string) error {
	return fmt.Errorf("%q%s", cut(name), didYouMean(name, Profiles()))
}

// minor is the Kubernetes version asked for, such as 37 for "1.37" or "v1.37.2".
func minor(text string) (api.Minor, bool) {
	if text == "" {
		return api.DefaultMinor, true
	}
	parts := strings.Split(strings.TrimPrefix(text, "v"), ".")
	if len(parts) < 2 || parts[0] != "1" {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	m := api.Minor(n)
	return m, err == nil && m >= api.OldestMinor && m <= api.DefaultMinor
}

// SetProfile replaces the profile of the scenario.
func (s *Scenario) SetProfile(name string) error {
	if _, ok := profiles[name]; !ok || name == "" {
		return unknownProfile(name)
	}
	s.File.Cluster.Profile = name
	return nil
}

// ErrTooNew is a scenario of which a version of Kubernetes does not have something yet.
var ErrTooNew = errors.New("is not in that version yet")

// SetKubernetes replaces the Kubernetes version of the scenario. Errors: ErrTooNew, or that there is no such version.
func (s *Scenario) SetKubernetes(version string) error {
	m, ok := minor(version)
	if !ok {
		return fmt.Errorf("%q (allowed: 1.34, 1.35, 1.36, 1.37)", version)
	}
	if problems := s.tooNew(m); len(problems) > 0 {
		return fmt.Errorf("%s: scenario %q %w: %s", version, s.Name, ErrTooNew, strings.Join(problems, "; "))
	}
	s.File.Kubernetes = version
	return nil
}
