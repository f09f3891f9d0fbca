package sim_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/jobsim/jobsim"

// room is a row of the import table: what the packages in some directories may import besides themselves.
type room struct {
	// dirs are the directories, each a package; "e2e/oracle/..." is one with all that lies in it.
	dirs []string
	// why is what to say to someone who wants more.
	why string
	// may are the packages of the project that may be imported.
	may []string
	// impure are packages of the standard library that are banned in sim, with the reason why not here.
	impure map[string]string
	// third are libraries, by prefix of the import path, with the reason for each.
	third map[string]string
}

// rooms is the architecture. Arrows only point down: cmd, e2e, reports, scenarios, sim, its components, the store, the
// leaves. An import that is not here is an error, and so is a package.
var rooms = []room{
	{dirs: []string{"sim/des"}, why: "the kernel has never heard of Kubernetes, nor of anything else"},
	{dirs: []string{"sim/rng"}, may: leaves[:1], why: "draws become spans at once, and know of nothing else",
		impure: map[string]string{"time": "ParseDuration, for the notation of spans"}},
	{dirs: []string{"sim/api"}, may: leaves[:2], why: "objects are plain values; move it to the component that acts"},
	{dirs: []string{"sim/trace"}, may: leaves[:3], why: "every world writes it, so it knows none"},
	{dirs: []string{"sim/store"}, may: leaves, why: "the store serves all components and knows none"},
	{dirs: []string{"sim/jobctl", "sim/sched", "sim/kubelet", "sim/nodectl", "sim/gc", "sim/cronctl",
		"sim/cloud"}, may: stored,
		why: "components share nothing but what the store has told them"},
	{dirs: []string{"sim/check"}, may: stored, why: "it looks at the store and the trace, whoever wrote them"},
	{dirs: []string{"sim"}, may: append(slices.Clone(stored), "sim/jobctl", "sim/sched", "sim/kubelet", "sim/nodectl",
		"sim/gc", "sim/cronctl", "sim/cloud"), why: "the world joins the components, and nothing above them"},
	{dirs: []string{"sim/simtest"}, may: []string{"sim/..."}, why: "the theatre plays sim",
		impure: map[string]string{"testing": "it is for tests", "os": "it reads scripts"},
		third:  map[string]string{"github.com/cockroachdb/datadriven": "runs the scripts of stories, as in etcd's raft"}},
	{dirs: []string{"sim/properties"}, may: []string{"sim/...", "scenarios", "scenarios/gen", "reports/stats"},
		why: "tests only: they look down on sim from random scenarios, and nothing imports them"},
	{dirs: []string{"sim/study"}, may: []string{"sim", "sim/des"}, why: "a study runs worlds and does no statistics",
		impure: map[string]string{"context": parallel, "sync": parallel, "sync/atomic": parallel}},
	{dirs: []string{"scenarios"}, may: under, why: "a scenario becomes a sim.Config and knows nothing of worlds",
		third: map[string]string{
			"go.yaml.in/yaml/v3":  "keeps line and column of every node, for errors",
			"k8s.io/api":          "the Job manifest itself",
			"k8s.io/apimachinery": "quantities, and the validation of names",
			"github.com/robfig":   "schedules of CronJobs, as the controller itself reads them",
		}},
	{dirs: []string{"scenarios/gen"}, may: append([]string{"scenarios"}, under...),
		why: "it makes scenarios, and makes failing ones small by running sim",
		third: map[string]string{
			"go.yaml.in/yaml/v3":  "a failing scenario is taken apart as its text is nested",
			"k8s.io/api":          "the Job manifest itself",
			"k8s.io/apimachinery": "and its metadata and quantities",
		}},
	{dirs: []string{"reports"}, may: append([]string{"scenarios", "reports/stats"}, leaves...),
		why: "reports may only read traces; move the type to sim/trace"},
	{dirs: []string{"reports/stats"}, why: "a leaf: numbers in, numbers out",
		third: map[string]string{
			"gonum.org/v1/gonum/mathext":     "incomplete beta function and normal quantile",
			"github.com/DataDog/sketches-go": "quantiles of samples that memory cannot hold, with a stated error",
		}},
	{dirs: []string{"reports/closedform"}, why: "a leaf: what theory knows without simulating",
		third: map[string]string{"gonum.org/v1/gonum/mathext": "incomplete beta function"}},
	{dirs: []string{"reports/answer/verify"}, may: append([]string{"reports/closedform", "reports/stats", "sim/study"},
		under...), why: "it holds the simulator against theory"},
	{dirs: []string{"reports/answer/sweep"}, may: append([]string{"reports/answer", "scenarios", "sim/study"}, under...),
		why: "it runs many settings of a scenario"},
	{dirs: []string{"reports/answer/goal"}, why: "it judges numbers, wherever they come from",
		third: map[string]string{"github.com/google/cel-go": "the expression language of Kubernetes' own validation rules"}},
	{dirs: []string{"reports/answer/tune"}, may: append([]string{"reports/answer", "reports/answer/goal",
		"reports/answer/sweep", "reports/closedform", "reports/stats", "scenarios", "sim/study"}, under...),
		why: "it spends runs on settings"},
	{dirs: []string{"reports/answer/lint"}, may: append([]string{"reports/answer", "reports/closedform", "scenarios",
		"sim/study"}, under...), why: "it looks at manifests, and asks studies",
		third: map[string]string{"k8s.io/api": "the Job manifest itself"}},
	{dirs: []string{"reports/answer/plan"}, may: append([]string{"reports/answer/goal", "reports/closedform",
		"reports/stats", "sim/study"}, under...), why: "it runs workloads on pools"},
	{dirs: []string{"reports/answer/rare"}, may: append([]string{"reports/closedform", "reports/stats", "scenarios", "sim/study"}, under...),
		why: "it weighs runs"},
	{dirs: []string{"reports/answer"}, may: append([]string{"reports/closedform", "reports/stats", "sim/study"}, under...),
		why: "it joins runs with statistics"},
	{dirs: []string{"reports/plot"}, may: append([]string{"reports", "reports/stats", "scenarios"}, leaves...),
		why:   "a picture is drawn from what reports found",
		third: map[string]string{"gonum.org/v1/plot": "draws SVG and PNG", "golang.org/x/image/font": "the weight of its fonts"}},
	{dirs: []string{"reports/page"}, may: append([]string{"reports", "reports/plot", "scenarios"}, leaves...),
		why:   "a page shows what reports found and plot draws",
		third: map[string]string{"github.com/chromedp": "opens the page in a real browser, in tests only"}},
	{dirs: []string{"e2e/objects"}, may: append([]string{"scenarios"}, under...),
		why: "it translates what a cluster holds, and asks nobody",
		third: map[string]string{
			"k8s.io/api":          "the objects of a cluster",
			"k8s.io/apimachinery": "and their machinery",
		}},
	{dirs: []string{"e2e", "e2e/cluster/...", "e2e/replay", "e2e/observe", "e2e/conformance"}, may: live, why: symmetry,
		third: map[string]string{
			"k8s.io/api":                "the objects of a cluster",
			"k8s.io/apimachinery":       "and their machinery",
			"k8s.io/client-go":          "talks to a cluster",
			"sigs.k8s.io/kind":          "brings one up",
			"github.com/gofrs/flock":    "what only one of several processes may have, and loses when it ends",
			"sigs.k8s.io/yaml":          "manifests as kubectl reads them",
			"github.com/onsi/ginkgo/v2": "runs the suites",
			"github.com/onsi/gomega":    "and says what they expect",
		}},
	{dirs: []string{"e2e/mutation/..."}, may: live, why: symmetry},
	{dirs: []string{"e2e/worker", "e2e/worker/fate"}, may: []string{"e2e/worker/fate"},
		why: "the program in the container is static and depends on nothing"},
	{dirs: []string{"e2e/oracle/..."}, may: append([]string{"sim/kubelet", "scenarios/gen", "e2e/..."}, live...),
		why: symmetry + ", and in the life of a pod (sim/kubelet.Life), which both worlds live",
		third: map[string]string{
			"k8s.io":                            "the real control plane: this room's subject, and no other's",
			"sigs.k8s.io":                       "what that is built of",
			"github.com/emicklei/go-restful/v3": "the container that the API server's handlers are installed in",
			"github.com/google/uuid":            "its random source is seeded",
			"golang.org/x/time":                 "client-go's rate limiter",
		}},
	{dirs: []string{"cmd/jobsim"}, may: []string{"sim/...", "scenarios/...", "reports/...", "e2e/..."},
		why: "the command line joins rooms; what else it does belongs into one of them",
		third: map[string]string{
			"github.com/spf13/cobra":           "kubectl's own command line library",
			"github.com/spf13/pflag":           "and its flags",
			"sigs.k8s.io/yaml":                 "-o yaml of what -o json says",
			"k8s.io/api":                       "the Job that runs a study on a cluster",
			"k8s.io/apimachinery":              "and its metadata",
			"github.com/vbauerster/mpb/v8":     "progress bars that know about terminals and time left",
			"github.com/parquet-go/parquet-go": "sweeps for pandas and DuckDB; pure Go, and kept by its community",
			"golang.org/x/term":                "whether standard error is one",
			"github.com/creack/pty":            "a terminal, for the tests of that",
		}},
}

var (
	leaves = []string{"sim/des", "sim/rng", "sim/api", "sim/trace"} // each may import those before it
	stored = append([]string{"sim/store"}, leaves...)
	under  = append([]string{"sim"}, leaves...)
	live   = append([]string{"scenarios", "reports", "reports/stats", "e2e/..."}, under...)
)

const (
	symmetry = "worlds meet in the scenario and the trace, and nowhere else"
	parallel = "the only room under sim that starts goroutines"
)

// impure are the packages of the standard library that have no place in a pure function, with what to use instead.
var impure = map[string]string{
	"context":   "a run is not interrupted; it ends by Until",
	"flag":      "pass a Config",
	"io/fs":     "what is read is in the Config",
	"log":       "write a trace record",
	"maps":      "maps have no order; use a slice by dense id",
	"math/rand": "use sim/rng",
	"net":       "nothing talks to anything",
	"os":        "what is read is in the Config",
	"reflect":   "write it out",
	"runtime":   "results must not depend on the machine",
	"sync":      "a run is one goroutine",
	"syscall":   "nothing talks to anything",
	"testing":   "it belongs into tests and sim/simtest",
	"time":      "use des.Time and the kernel's clock",
	"unsafe":    "values are plain",
}

// TestArch_ImportsPointDown holds every import of every package against the table.
func TestArch_ImportsPointDown(t *testing.T) {
	packages := map[string]bool{}
	err := files("..", func(name string) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		packages[path.Dir(name)] = true
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if problem := judge(name, imported); problem != "" {
				t.Errorf("%s: %s", name, problem)
			}
		}
		return nil
	})
	if err != nil || len(packages) < 12 {
		t.Fatalf("want at least the packages of sim, got %d: %v", len(packages), err)
	}
}

// files calls f with the slash-separated path below root of every file of the project, directory by directory. What
// hides behind a dot and what was built is left out.
func files(root string, f func(name string) error) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		switch hidden := strings.HasPrefix(d.Name(), ".") && name != root; {
		case d.IsDir() && (hidden || relative == "bin" || relative == "reports/out"):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		return f(relative)
	})
}

// judge says what is wrong with file's importing a package; "" is nothing. Tests may use all of sim and all of the
// standard library.
func judge(file, imported string) string {
	dir, isTest := path.Dir(file), strings.HasSuffix(file, "_test.go")
	r := roomOf(dir)
	if r == nil {
		return fmt.Sprintf("%s is in no room: add it to the import table in sim/arch_test.go, with a reason", dir)
	}
	if inside, ok := strings.CutPrefix(imported, module+"/"); ok {
		if inside == dir || matches(r.may, inside) || isTest && isIn(inside, "sim") {
			return ""
		}
		return fmt.Sprintf("%s imports %s: %s", dir, inside, r.why)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		for name, instead := range impure {
			if isIn(imported, name) && isIn(dir, "sim") && !isTest && r.impure[imported] == "" {
				return fmt.Sprintf("%s imports %s: %s", dir, imported, instead)
			}
		}
		return ""
	}
	for prefix := range r.third {
		if isIn(imported, prefix) {
			return ""
		}
	}
	return fmt.Sprintf("%s imports %s: %s (if it must, give the reason in sim/arch_test.go)", dir, imported, r.why)
}

func roomOf(dir string) *room {
	for i := range rooms {
		if matches(rooms[i].dirs, dir) {
			return &rooms[i]
		}
	}
	return nil
}

// matches says whether a package is in a list in which "a/..." stands for a and all that lies in it.
func matches(list []string, dir string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		tree, isTree := strings.CutSuffix(entry, "/...")
		return dir == entry || isTree && isIn(dir, tree)
	})
}

func isIn(name, dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }

func TestArch_Catches(t *testing.T) {
	for _, tc := range []struct{ file, imports, want string }{
		{"reports/facts.go", module + "/e2e/replay", "reports imports e2e/replay: reports may only read traces; move"},
		{"reports/facts.go", module + "/sim/trace", ""},
		{"reports/facts.go", module + "/sim/store", "reports imports sim/store: reports may only read traces"},
		{"reports/facts_test.go", module + "/sim/store", ""},
		{"reports/facts_test.go", module + "/e2e/replay", "reports imports e2e/replay"},
		{"sim/jobctl/sync.go", module + "/sim/kubelet", "sim/jobctl imports sim/kubelet: components share nothing"},
		{"sim/jobctl/sync.go", module + "/sim/store", ""},
		{"sim/jobctl/sync_test.go", module + "/sim/jobctl", ""},
		{"sim/des/kernel.go", module + "/sim/api", "sim/des imports sim/api: the kernel has never heard of"},
		{"sim/des/kernel.go", "time", "sim/des imports time: use des.Time"},
		{"sim/rng/parse.go", "time", ""},
		{"sim/rng/key.go", module + "/sim/des", ""},
		{"sim/rng/key.go", module + "/sim/api", "sim/rng imports sim/api: draws become spans"},
		{"sim/world.go", module + "/scenarios", "sim imports scenarios: the world joins the components"},
		{"sim/world.go", module + "/sim/jobctl", ""},
		{"sim/world.go", "github.com/spf13/cobra", "sim imports github.com/spf13/cobra: the world joins"},
		{"sim/world.go", "os/exec", "sim imports os/exec: what is read is in the Config"},
		{"sim/world.go", "math/rand/v2", "sim imports math/rand/v2: use sim/rng"},
		{"sim/world_test.go", "os", ""},
		{"sim/world.go", "math/bits", ""},
		{"sim/study/study.go", "sync", ""},
		{"sim/study/study.go", "net/http", "sim/study imports net/http: nothing talks to anything"},
		{"sim/simtest/env.go", "github.com/cockroachdb/datadriven", ""},
		{"scenarios/load.go", "io/fs", ""},
		{"scenarios/load.go", "k8s.io/client-go/rest", "scenarios imports k8s.io/client-go/rest: a scenario becomes"},
		{"scenarios/load.go", "k8s.io/api/batch/v1", ""},
		{"e2e/replay/replay.go", "k8s.io/kubernetes/pkg/api", "e2e/replay imports k8s.io/kubernetes/pkg/api: worlds meet"},
		{"e2e/replay/replay.go", "k8s.io/client-go/kubernetes", ""},
		{"e2e/replay/replay.go", module + "/sim/kubelet", "e2e/replay imports sim/kubelet: worlds meet in the"},
		{"e2e/oracle/cluster.go", "k8s.io/kubernetes/pkg/controller/job", ""},
		{"e2e/oracle/cmd/main.go", "k8s.io/kubernetes/pkg/controller/job", ""},
		{"sim/attic/old.go", "fmt", "sim/attic is in no room: add it to the import table"},
	} {
		got := judge(tc.file, tc.imports)
		if (tc.want == "") != (got == "") || !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s imports %s: want %q, got %q", tc.file, tc.imports, tc.want, got)
		}
	}
}

func TestArch_EveryExceptionHasAReason(t *testing.T) {
	for _, r := range rooms {
		for _, list := range []map[string]string{{"the room": r.why}, r.impure, r.third} {
			for name, reason := range list {
				if reason == "" {
					t.Errorf("%s: %s has no reason", r.dirs[0], name)
				}
			}
		}
	}
}
