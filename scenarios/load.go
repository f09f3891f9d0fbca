package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/jobsim/jobsim/sim/des"
	"go.yaml.in/yaml/v3"
	batchv1 "k8s.io/api/batch/v1"
)

// Scenario is a scenario that was read and found to be sound.
type Scenario struct {
	Name string
	// File is what was written. A manifest of another file stands in it, and a Job is as it would be submitted: without
	// the defaults that the API server sets.
	File File
	// Manifests are the Jobs of the scenario with Kubernetes' defaults, by submission.
	Manifests []*batchv1.Job
	// CronJobs are the same of its CronJobs.
	CronJobs []*batchv1.CronJob
	// Bare says that it was made from Job manifests alone, without a scenario file.
	Bare bool
	doc  *document

	schedules [][]des.Time // of the CronJobs, once they were asked for
}

// Load reads the scenarios of one file: a scenario in each document of kind Scenario, and one of all Job manifests that
// stand beside them. name is for messages; fsys is where the files that a scenario names are, relative to dir; nil: it
// may name none. The warnings say what else stands in the file and was left out. Errors wrap ErrInvalid where the text
// is at fault.
func Load(name string, r io.Reader, fsys fs.FS, dir string) (list []*Scenario, warnings []Problem, err error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	l := loader{name: name, fsys: fsys, dir: dir}
	l.read(text)
	if len(l.scenarios) == 0 {
		l.empty()
	}
	if err := invalid(l.problems); err != nil {
		return nil, nil, err
	}
	return l.scenarios, l.warnings, nil
}

type loader struct {
	name      string
	fsys      fs.FS
	dir       string
	problems  []Problem
	warnings  []Problem
	scenarios []*Scenario
	bare      *Scenario
}

func (l *loader) fail(line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: l.name, Line: line, What: fmt.Sprintf(format, args...)})
}

func (l *loader) read(text []byte) {
	for _, root := range l.documents(text) {
		l.object(&document{file: l.name, root: root, problems: &l.problems}, root, "")
	}
	if l.bare != nil {
		l.finish(l.bare)
	}
}

// empty reports that nothing was found, unless something was that is at fault.
func (l *loader) empty() {
	if len(l.problems) == 0 {
		l.fail(0, "no scenario and no Job in it (allowed: kind Scenario of %s, kind Job of batch/v1, or a List of those)",
			APIVersion)
	}
}

// documents splits the text into YAML documents.
func (l *loader) documents(text []byte) (roots []*yaml.Node) {
	switch {
	case len(text) > maxBytes:
		l.fail(0, "larger than %d bytes", maxBytes)
		return nil
	case !utf8.Valid(text):
		l.fail(1+bytes.Count(text[:validPrefix(text)], []byte("\n")), "not UTF-8")
		return nil
	}
	defer func() {
		if r := recover(); r != nil { // the parser's limits are panics
			l.fail(0, "cannot be read as YAML: %v", r)
			roots = nil
		}
	}()
	f := flattener{active: map[*yaml.Node]bool{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return roots
		}
		if err != nil {
			line, what := splitYAMLError(err)
			l.fail(line, "cannot be read as YAML: %s", what)
			return nil
		}
		if n.Kind != yaml.DocumentNode || len(n.Content) == 0 || isNull(n.Content[0]) {
			continue
		}
		root := f.flatten(n.Content[0], 0)
		if f.what != "" {
			l.fail(f.line, "%s", f.what)
			return nil
		}
		roots = append(roots, root)
	}
}

func validPrefix(text []byte) int {
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// splitYAMLError takes the line out of "yaml: line 3: did not find ...".
func splitYAMLError(err error) (int, string) {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1 // which the parser leaves out
	if n, _ := fmt.Sscanf(what, "line %d:", &line); n == 1 {
		_, what, _ = strings.Cut(what, ": ")
	}
	return line, what
}

func scenarioText(n *yaml.Node) bool {
	return text(n, "apiVersion") == APIVersion && text(n, "kind") == Kind
}

func text(n *yaml.Node, key string) string {
	if v := child(n, key); v != nil {
		return v.Value
	}
	return ""
}

// manifest adds a bare Job to the file's scenario of Jobs.
func (l *loader) manifest(d *document, n *yaml.Node, at string) {
	written := &batchv1.Job{}
	d.decode(n, at, written)
	job := d.job(n, at, written)
	s := l.bareScenario(d, job.Name)
	s.File.Jobs = append(s.File.Jobs, Job{Manifest: written})
	s.Manifests = append(s.Manifests, job)
}

// cronManifest adds a bare CronJob to it.
func (l *loader) cronManifest(d *document, n *yaml.Node, at string) {
	written := &batchv1.CronJob{}
	d.decode(n, at, written)
	cron := d.cronJob(n, at, written)
	s := l.bareScenario(d, cron.Name)
	s.File.CronJobs = append(s.File.CronJobs, CronJob{Manifest: written})
	s.CronJobs = append(s.CronJobs, cron)
}

// bareScenario is the file's scenario of what has none.
func (l *loader) bareScenario(d *document, name string) *Scenario {
	if l.bare == nil {
		l.bare = &Scenario{Name: name, Bare: true, doc: d,
			File: File{APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: name}}}
		l.bare.File.Cluster.Profile = defaultProfile
	}
	return l.bare
}

// cronJob is a manifest with the defaults, validated.
func (d *document) cronJob(n *yaml.Node, at string, written *batchv1.CronJob) *batchv1.CronJob {
	d.walk(n, at, "", cronFields)
	cron := written.DeepCopy()
	setCronJobDefaults(cron)
	d.validateCronJob(at, cron)
	return cron
}

// job is a manifest with the defaults, validated.
func (d *document) job(n *yaml.Node, at string, written *batchv1.Job) *batchv1.Job {
	d.refuseUnmodelled(n, at)
	job := written.DeepCopy()
	asNew(job)
	setDefaults(job)
	d.validateJob(at, job)
	return job
}

func (l *loader) scenario(d *document, root *yaml.Node) {
	s := &Scenario{doc: d}
	d.decode(root, "", &s.File)
	s.Name = s.File.Metadata.Name
	if s.Name == "" {
		s.Name = strings.TrimSuffix(path.Base(l.name), path.Ext(l.name))
	}
	if IsProfileFile(s.File.Cluster.Profile) {
		l.useFile(d, s)
	}
	for i := range s.File.Jobs {
		at := fmt.Sprintf("jobs[%d]", i)
		if job := l.submission(d, child(root, "jobs").Content[i], at, &s.File.Jobs[i]); job != nil {
			s.Manifests = append(s.Manifests, job)
		}
	}
	for i := range s.File.CronJobs {
		at := fmt.Sprintf("cronJobs[%d]", i)
		if cron := l.cronSubmission(d, child(root, "cronJobs").Content[i], at, &s.File.CronJobs[i]); cron != nil {
			s.CronJobs = append(s.CronJobs, cron)
		}
	}
	if len(s.Manifests) == len(s.File.Jobs) && len(s.CronJobs) == len(s.File.CronJobs) {
		l.finish(s) // else nothing can be said of what names a Job
	}
}

// submission is the manifest of one entry of jobs with its defaults, inline or from its file; nil if it cannot be had.
func (l *loader) submission(d *document, n *yaml.Node, at string, j *Job) *batchv1.Job {
	manifest, inner := l.source(d, n, at, j.File)
	switch {
	case manifest != nil && j.Manifest != nil:
		return d.job(manifest, at+".manifest", j.Manifest)
	case inner == nil:
		return nil
	case len(inner.Manifests) != 1 || len(inner.CronJobs) > 0:
		d.add(at+".file", "%s does not hold exactly one Job", j.File)
		return nil
	}
	j.Manifest = inner.File.Jobs[0].Manifest
	return inner.Manifests[0]
}

// cronSubmission is the same of one entry of cronJobs.
func (l *loader) cronSubmission(d *document, n *yaml.Node, at string, c *CronJob) *batchv1.CronJob {
	manifest, inner := l.source(d, n, at, c.File)
	switch {
	case manifest != nil && c.Manifest != nil:
		return d.cronJob(manifest, at+".manifest", c.Manifest)
	case inner == nil:
		return nil
	case len(inner.CronJobs) != 1 || len(inner.Manifests) > 0:
		d.add(at+".file", "%s does not hold exactly one CronJob", c.File)
		return nil
	}
	c.Manifest = inner.File.CronJobs[0].Manifest
	return inner.CronJobs[0]
}

// source is where an entry has its manifest from: inline, or what its file holds; nil and nil where neither can be had.
func (l *loader) source(d *document, n *yaml.Node, at, file string) (*yaml.Node, *Scenario) {
	manifest := child(n, "manifest")
	switch given := manifest != nil && !isNull(manifest); {
	case given && file != "":
		d.add(at, "has a manifest and a file (allowed: one of them)")
	case given:
		return manifest, nil
	case file == "":
		d.add(at, "has no manifest and no file (allowed: one of them)")
	default:
		return nil, l.fromFile(d, at+".file", file)
	}
	return nil, nil
}

// fromFile reads the manifests of another file.
func (l *loader) fromFile(d *document, at, file string) *Scenario {
	text, shown, ok := l.beside(d, at, file, " (allowed: manifest)")
	if !ok {
		return nil
	}
	inner := loader{name: shown}
	for _, root := range inner.documents(text) {
		if scenarioText(root) {
			d.add(at, "%s holds a Scenario (allowed: one Job)", shown)
			return nil
		}
		inner.object(&document{file: shown, root: root, problems: &inner.problems}, root, "")
	}
	l.problems = append(l.problems, inner.problems...)
	l.warnings = append(l.warnings, inner.warnings...)
	if inner.bare == nil && len(inner.problems) == 0 {
		d.add(at, "%s does not hold exactly one Job or CronJob", shown)
	}
	if len(inner.problems) > 0 {
		return nil
	}
	return inner.bare
}

// readFile reads a file up to where it is too large. What is no file, such as a pipe that nobody writes to, is refused.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("is not a file")
	}
	var f fs.File
	if err == nil {
		f, err = fsys.Open(name)
	}
	if err != nil {
		var e *fs.PathError
		if errors.As(err, &e) {
			err = e.Err // without the name, which the caller shows as its user knows it
		}
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// finish validates the scenario as a whole.
func (l *loader) finish(s *Scenario) {
	s.validate()
	if !s.nodesMatter() {
		for _, field := range s.Placement() {
			l.warnings = append(l.warnings, Problem{File: s.doc.file,
				What: field + " says nothing without cluster.nodes: every pod finds room"})
		}
	}
	l.scenarios = append(l.scenarios, s)
}
