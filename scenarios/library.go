package scenarios

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed library/*.yaml
var library embed.FS

// Names are the names of the library's scenarios, sorted.
func Names() []string {
	files, err := fs.Glob(library, "library/*.yaml")
	if err != nil {
		panic(err) // the pattern is ours
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(f, "library/"), ".yaml")
	}
	slices.Sort(names)
	return names
}

// Named is the library's scenario of a name.
func Named(name string) (*Scenario, error) {
	file := "library/" + name + ".yaml"
	text, err := library.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: no scenario of the library is named %q%s; see jobsim list", ErrInvalid, name,
			didYouMean(name, Names()))
	}
	list, _, err := Load(file, bytes.NewReader(text), library, "library")
	if err != nil {
		return nil, err
	}
	return list[0], nil
}
