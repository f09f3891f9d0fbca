package scenarios

import (
	"bytes"
	_ "embed" // for rows.yaml
	"fmt"
	"strings"

	"github.com/jobsim/jobsim/sim/trace"
	"go.yaml.in/yaml/v3"
)

//go:embed rows.yaml
var rows []byte

// Row is one thing that Kubernetes does with Jobs, the rule that explains it in a trace, and what shows that the
// simulator does it too.
type Row struct {
	Number    int        `yaml:"row"` // in the list of what is easily got wrong, from 1; 0: a rule that is not about any
	Rule      trace.Rule `yaml:"rule"`
	Says      string     `yaml:"says"`     // what really happens
	Upstream  string     `yaml:"upstream"` // where: files of pkg/controller/job unless there is a path, v1.37.2
	Scenarios []string   `yaml:"scenarios"`
	Evidence  []string   `yaml:"evidence"` // oracle, story NAME, test NAME
	But       string     `yaml:"but"`      // where the oracle contradicts the reference, or versions differ
}

// Rows are what is known to be easily got wrong, in the order of their numbers, and then the other rules.
func Rows() []Row {
	var list []Row
	d := yaml.NewDecoder(bytes.NewReader(rows))
	d.KnownFields(true)
	if err := d.Decode(&list); err != nil {
		panic(fmt.Errorf("rows.yaml: %w", err)) // it is ours
	}
	return list
}

// Proof is the evidence in one text: what there is, and what has to be said about it.
func (r *Row) Proof() string {
	text := strings.Join(r.Evidence, ", ")
	if r.But != "" {
		text += "; but " + r.But
	}
	return text
}
