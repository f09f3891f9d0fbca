package scenarios

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// ProfileKind is the kind of a file with the numbers of a cluster.
const ProfileKind = "ClusterProfile"

// ProfileFile are the numbers of a cluster in which it differs from the profile default, as jobsim calibrate writes
// them. A scenario names the file in cluster.profile.
type ProfileFile struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Metadata   Metadata  `json:"metadata"`
	Why        string    `json:"why,omitempty"` // on what it was measured
	Settings   []Setting `json:"settings"`
	cluster    Cluster   // that the settings make
}

// IsProfileFile says whether the name of a profile is that of a file.
func IsProfileFile(name string) bool {
	return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" || path.Ext(name) == ".json"
}

// ReadProfile reads a profile from a text; name is for messages. Errors wrap ErrInvalid.
func ReadProfile(name string, text []byte) (*ProfileFile, error) {
	l := loader{name: name}
	p := l.profile(text)
	return p, invalid(l.problems)
}

func (l *loader) profile(text []byte) *ProfileFile {
	p := &ProfileFile{}
	roots := l.documents(text)
	if len(l.problems) > 0 {
		return p
	}
	if len(roots) != 1 {
		l.fail(0, "%d documents (allowed: 1, of kind %s)", len(roots), ProfileKind)
		return p
	}
	d := &document{file: l.name, root: roots[0], problems: &l.problems}
	d.decode(roots[0], "", p)
	if p.APIVersion != APIVersion || p.Kind != ProfileKind {
		d.add("kind", "is %s of %q (allowed: %s of %s)", cut(p.Kind), cut(p.APIVersion), ProfileKind, APIVersion)
	}
	known, err := Settings(defaultProfile)
	if err != nil {
		d.add("", "%v", err)
	}
	for i := range p.Settings {
		s, at := &p.Settings[i], fmt.Sprintf("settings[%d]", i)
		if !slices.ContainsFunc(known, func(k Setting) bool { return k.Name == s.Name }) {
			d.add(at+".name", "%q is no number of a cluster (jobsim list --profile default lists them)", cut(s.Name))
		} else if err := p.cluster.set(s.Name, s.Value); err != nil {
			d.add(at+".value", "%v", err)
		}
		if !slices.Contains([]Origin{Upstream, Measured, Fitted, Assumed}, s.Origin) {
			d.add(at+".origin", "%q (allowed: %s, %s, %s, %s)", cut(string(s.Origin)), Upstream, Measured, Fitted, Assumed)
		}
	}
	if len(l.problems) == 0 {
		(&Scenario{File: File{Cluster: p.cluster}, doc: d}).validateCluster()
	}
	return p
}

// YAML is the text of the file.
func (p *ProfileFile) YAML() ([]byte, error) {
	text, err := json.Marshal(p)
	var node yaml.Node
	if err == nil {
		err = yaml.Unmarshal(text, &node) // keeps the order of the fields
	}
	if err != nil {
		return nil, err
	}
	plain(&node)
	return yaml.Marshal(&node)
}

// plain has JSON written as YAML: a line a field.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}

// UseProfile replaces the profile of the scenario by that of a file. What the scenario says itself stays.
func (s *Scenario) UseProfile(p *ProfileFile) error {
	own, err := json.Marshal(&s.File.Cluster)
	if err != nil {
		return err
	}
	c := p.cluster
	if err := json.Unmarshal(own, &c); err != nil {
		return err
	}
	c.Profile = defaultProfile
	s.File.Cluster = c
	return nil
}

// useFile replaces the name of a profile's file by what is in it.
func (l *loader) useFile(d *document, s *Scenario) {
	name := s.File.Cluster.Profile
	s.File.Cluster.Profile = ""
	text, shown, ok := l.beside(d, "cluster.profile", name, "")
	if !ok {
		return
	}
	inner := loader{name: shown}
	p := inner.profile(text)
	l.problems = append(l.problems, inner.problems...)
	if len(inner.problems) > 0 {
		return
	}
	if err := s.UseProfile(p); err != nil {
		d.add("cluster.profile", "%s: %v", shown, err)
	}
}

// beside reads a file that the scenario names in the field at, and says how to show its name.
func (l *loader) beside(d *document, at, name, instead string) (text []byte, shown string, ok bool) {
	full := path.Join(l.dir, name)
	shown = path.Join(path.Dir(l.name), name)
	switch {
	case l.fsys == nil:
		d.add(at, "%q: what is not read from a file has no folder beside it%s", name, instead)
		return nil, shown, false
	case !fs.ValidPath(full):
		d.add(at, "%q is outside of the scenario's folder (allowed: a path below it)", name)
		return nil, shown, false
	}
	text, err := readFile(l.fsys, full)
	if err != nil {
		d.add(at, "%s: %v", shown, err)
	}
	return text, shown, err == nil
}
