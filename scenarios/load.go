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

	"go.yaml.in/yaml/v3"
	batchv1 "k8s.io/api/batch/v1"
)

// Scenario is a scenario that was read and found to be sound.
type Scenario struct {
	Name string
	File File
	// Manifests are the Jobs of the scenario with Kubernetes' defaults, by submission.
	Manifests []*batchv1.Job
	// Bare says that it was made from Job manifests alone, without a scenario file.
	Bare bool
	doc  *document
}

// Load reads the scenarios of one file: a scenario in each document of kind Scenario, and one of all Job manifests that
// stand beside them. name is for messages; fsys is where the files that a scenario names are, relative to dir. Errors
// wrap ErrInvalid where the text is at fault.
func Load(name string, r io.Reader, fsys fs.FS, dir string) ([]*Scenario, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := loader{name: name, fsys: fsys, dir: dir}
	l.read(text)
	if err := invalid(l.problems); err != nil {
		return nil, err
	}
	return l.scenarios, nil
}

type loader struct {
	name      string
	fsys      fs.FS
	dir       string
	problems  []Problem
	scenarios []*Scenario
	bare      *Scenario
}

func (l *loader) fail(line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: l.name, Line: line, What: fmt.Sprintf(format, args...)})
}

func (l *loader) read(text []byte) {
	for _, root := range l.documents(text) {
		d := &document{file: l.name, root: root, problems: &l.problems}
		l.document(d, root)
	}
	if l.bare != nil {
		l.finish(l.bare)
	}
	if len(l.scenarios) == 0 && len(l.problems) == 0 {
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

func (l *loader) document(d *document, root *yaml.Node) {
	if root.Kind != yaml.MappingNode {
		d.add("", "is %s (allowed: a mapping with apiVersion and kind)", describe(root))
		return
	}
	version, kind := text(root, "apiVersion"), text(root, "kind")
	switch {
	case scenarioText(root):
		l.scenario(d, root)
	case version == "batch/v1" && kind == "Job":
		l.manifest(d, root, "")
	case version == "v1" && kind == "List":
		items := child(root, "items")
		if items == nil || items.Kind != yaml.SequenceNode {
			d.add("items", "is not a list")
			return
		}
		for i, item := range items.Content {
			at := fmt.Sprintf("items[%d]", i)
			if text(item, "apiVersion") != "batch/v1" || text(item, "kind") != "Job" {
				d.add(at, "is not a Job of batch/v1")
				continue
			}
			l.manifest(d, item, at)
		}
	default:
		d.add("kind", "%s %s is not simulated (allowed: %s %s, batch/v1 Job, v1 List)",
			cut(version), cut(kind), APIVersion, Kind)
	}
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
	job := d.job(n, at)
	if l.bare == nil {
		l.bare = &Scenario{Name: job.Name, Bare: true, doc: d,
			File: File{APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: job.Name}}}
		l.bare.File.Cluster.Profile = "default"
	}
	l.bare.File.Jobs = append(l.bare.File.Jobs, Job{Manifest: job})
	l.bare.Manifests = append(l.bare.Manifests, job)
}

// job reads one manifest strictly, applies the defaults and validates it.
func (d *document) job(n *yaml.Node, at string) *batchv1.Job {
	job := &batchv1.Job{}
	d.decode(n, at, job)
	d.refuseUnmodelled(n, at)
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
	for i := range s.File.Jobs {
		at := fmt.Sprintf("jobs[%d]", i)
		if job := l.submission(d, child(root, "jobs").Content[i], at, &s.File.Jobs[i]); job != nil {
			if s.File.Jobs[i].Manifest == nil {
				s.File.Jobs[i].Manifest = job // of another file
			}
			s.Manifests = append(s.Manifests, job)
		}
	}
	if len(s.Manifests) == len(s.File.Jobs) { // else nothing can be said of what names a Job
		l.finish(s)
	}
}

// submission is the manifest of one entry of jobs, inline or from its file; nil if it cannot be had.
func (l *loader) submission(d *document, n *yaml.Node, at string, j *Job) *batchv1.Job {
	manifest := child(n, "manifest")
	switch {
	case manifest != nil && j.File != "":
		d.add(at, "has a manifest and a file (allowed: one of them)")
	case manifest != nil && !isNull(manifest):
		return d.job(manifest, at+".manifest")
	case j.File == "":
		d.add(at, "has no manifest and no file (allowed: one of them)")
	default:
		return l.fromFile(d, at, j.File)
	}
	return nil
}

// fromFile reads the one Job of another file.
func (l *loader) fromFile(d *document, at, file string) *batchv1.Job {
	full := path.Join(l.dir, file)
	if l.fsys == nil || !fs.ValidPath(full) {
		d.add(at+".file", "%q is outside of the scenario's folder (allowed: a path below it)", file)
		return nil
	}
	f, err := l.fsys.Open(full)
	if err != nil {
		d.add(at+".file", "%v", err)
		return nil
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		d.add(at+".file", "%v", err)
		return nil
	}
	inner := loader{name: full}
	for _, root := range inner.documents(text) {
		if scenarioText(root) {
			d.add(at+".file", "%s holds a Scenario (allowed: one Job)", full)
			return nil
		}
		inner.document(&document{file: full, root: root, problems: &inner.problems}, root)
	}
	if inner.bare == nil || len(inner.bare.Manifests) != 1 {
		if len(inner.problems) == 0 {
			d.add(at+".file", "%s does not hold exactly one Job", full)
		}
		l.problems = append(l.problems, inner.problems...)
		return nil
	}
	l.problems = append(l.problems, inner.problems...)
	return inner.bare.Manifests[0]
}

// finish validates the scenario as a whole.
func (l *loader) finish(s *Scenario) {
	s.validate()
	l.scenarios = append(l.scenarios, s)
}
