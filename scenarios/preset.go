package scenarios

import (
	"fmt"
	"strings"

	"github.com/jobsim/jobsim/sim/rng"
)

// Preset is a distribution that was fitted to what happened somewhere, to be named instead of invented. It is written
// preset:NAME wherever a distribution is.
type Preset struct {
	Name   string `json:"name"`
	Of     string `json:"of"` // the time of a run, to a pod's failure, or between the failures of a node
	Dist   string `json:"distribution"`
	N      int    `json:"n,omitempty"` // how many values it was fitted to; 0: the source does not say
	Fit    string `json:"fit"`         // how, and how well
	Source string `json:"source"`
}

const (
	openB   = "https://github.com/alibaba/clusterdata/tree/master/cluster-trace-gpu-v2023 (csv/openb_pod_list_default.csv)"
	philly  = "https://github.com/alibaba/clusterdata/tree/master/cluster-trace-gpu-v2020 (analysis/philly_runtime.csv)"
	archive = "Failure Trace Archive, as in https://github.com/atlarge-research/opendc (failure/prefab); Javadi et al. 2013"
	logs    = "mean and standard deviation of the logarithms; Kolmogorov-Smirnov distance "
	theirs  = "fitted by the archive"
)

// presets are all there are. The tails of the runs are heavier than any of these fits.
var presets = []Preset{
	{"philly-run", "run", "lognormal:940s,2.181", 83_152, logs + "0.086 (exponential: 0.559)", philly},
	{"openb-run", "run", "lognormal:923s,1.899", 5193, logs + "0.038 (exponential: 0.719)", openB},
	{"openb-failure", "failure", "lognormal:301s,1.539", 1870, logs + "0.112 (exponential: 0.446)", openB},
	{"openb-succeeded", "run", "lognormal:2178s,1.812", 192, logs + "0.344: poor, of few values", openB},
	{"grid5000-node", "node", "weibull:14.37h,0.48", 0, theirs, archive + ", G5K06"},
	{"lanl-node", "node", "weibull:816.6h,0.48", 0, theirs, archive + ", LANL05"},
	{"microsoft-node", "node", "weibull:35.3h,0.55", 0, theirs, archive + ", Microsoft99"},
	{"notredame-node", "node", "weibull:4.16h,0.45", 0, theirs, archive + ", ND07cpu"},
	{"planetlab-node", "node", "weibull:19.35h,0.33", 0, theirs, archive + ", PL05"},
	{"llama3-cluster", "node", "exponential:3.09h", 419,
		"419 unexpected interruptions of 16384 GPUs in 54 days, as if exponential: only the mean is published",
		"https://glennklockwood.com/garden/component-reliability"},
}

// Presets are all of them.
func Presets() []Preset { return presets }

// ParseDist reads a distribution as rng.Parse does, or preset:NAME.
func ParseDist(text string) (rng.Dist, error) {
	name, isPreset := strings.CutPrefix(strings.TrimSpace(text), "preset:")
	if !isPreset {
		return rng.Parse(text)
	}
	var names []string
	for _, p := range presets {
		if p.Name == name {
			return rng.Parse(p.Dist)
		}
		names = append(names, p.Name)
	}
	return rng.Dist{}, fmt.Errorf("distribution %q: no such preset (allowed: %s)", cut(text), strings.Join(names, ", "))
}
