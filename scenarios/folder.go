package scenarios

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// LoadFolder reads the YAML and JSON files of a folder, in the order of their names. Manifests in a file that a
// scenario of the folder names are that scenario's, and nothing of their own. name is for messages; warnings and errors
// are as of Load, those of all files together.
func LoadFolder(name string, fsys fs.FS) (list []*Scenario, warnings []Problem, err error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	all := loader{name: name}
	files, used := 0, map[string]bool{}
	bare := map[*Scenario]string{}
	for _, e := range entries {
		if ext := strings.ToLower(path.Ext(e.Name())); ext != ".yaml" && ext != ".yml" && ext != ".json" {
			continue
		}
		files++
		l := loader{name: path.Join(name, e.Name()), fsys: fsys, dir: "."}
		if text, err := readFile(fsys, e.Name()); err != nil {
			l.fail(0, "%v", err)
		} else if l.read(text); len(l.scenarios) == 0 && len(l.warnings) == 0 {
			l.empty()
		}
		for _, s := range l.scenarios {
			for i := range s.File.Jobs {
				used[path.Clean(s.File.Jobs[i].File)] = true
			}
			for i := range s.File.CronJobs {
				used[path.Clean(s.File.CronJobs[i].File)] = true
			}
		}
		if l.bare != nil {
			bare[l.bare] = e.Name()
		}
		all.scenarios = append(all.scenarios, l.scenarios...)
		all.problems = append(all.problems, l.problems...)
		all.warnings = append(all.warnings, l.warnings...)
	}
	if files == 0 {
		all.fail(0, "no YAML or JSON file in it")
	} else if len(all.scenarios) == 0 {
		all.empty()
	}
	if err := invalid(all.problems); err != nil {
		return nil, nil, err
	}
	for _, s := range all.scenarios {
		if !used[bare[s]] || bare[s] == "" {
			list = append(list, s)
		}
	}
	return list, ordered(all.warnings), nil
}
