package cluster

import (
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/kind/pkg/apis/config/defaults"
)

// DefaultVersion is the Kubernetes that a node image is built of where none can be had.
const DefaultVersion = "v1.37.2"

// ownImage begins the names of node images that are built here.
const ownImage = "jobsim/kind-node:"

// IsOwnImage says whether a node image was built by NodeImage.
func IsOwnImage(image string) bool { return strings.HasPrefix(image, ownImage) }

//go:embed nodeimage
var scripts embed.FS

// Where a Docker engine keeps its socket, and how long a registry may take to send an image.
const (
	probeTimeout = 20 * time.Second
	pullTimeout  = 10 * time.Minute
)

// StartEngine makes sure that a Docker engine answers that can run a node. Where none does, and it may, it installs
// Debian's and starts it.
func StartEngine(ctx context.Context, progress io.Writer) error {
	return run(ctx, progress, "engine.sh")
}

// NodeImage is the node image of a cluster: kind's own where a registry answers and no other version is asked for, else
// one that is built here from Go modules and Debian packages, once. An empty version is the default.
func NodeImage(ctx context.Context, version string, progress io.Writer) (string, error) {
	if version == "" {
		if image, err := ownImageOf(DefaultVersion); err != nil || haveImage(ctx, image) {
			return image, err
		}
		if haveImage(ctx, defaults.Image) || pull(ctx, defaults.Image, progress) {
			return defaults.Image, nil
		}
		version = DefaultVersion
	}
	image, err := ownImageOf(version)
	if err != nil || haveImage(ctx, image) {
		return image, err
	}
	fmt.Fprintf(progress, "node image %s is built; Kubernetes is compiled once, for minutes\n", image)
	return image, run(ctx, progress, "build.sh", version, image)
}

// ownImageOf is the name of the node image of a version that the scripts make as they are now.
func ownImageOf(version string) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(scripts, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".md" {
			return err
		}
		text, err := fs.ReadFile(scripts, name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
		return err
	})
	return fmt.Sprintf("%s%s-%.4x", ownImage, version, sum.Sum(nil)), err
}

func haveImage(ctx context.Context, image string) bool {
	return exec.CommandContext(ctx, "docker", "image", "inspect", image).Run() == nil
}

// pull gets an image if its registry answers at all.
func pull(ctx context.Context, image string, progress io.Writer) bool {
	probe, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if text, err := exec.CommandContext(probe, "docker", "manifest", "inspect", image).CombinedOutput(); err != nil {
		fmt.Fprintf(progress, "no registry answers for %s: %.200s\n", image, strings.TrimSpace(string(text)))
		return false
	}
	ctx, cancel = context.WithTimeout(ctx, pullTimeout)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "pull", "-q", image).Run() == nil
}

// run runs one of the scripts, which stand in a directory of their own while it does.
func run(ctx context.Context, progress io.Writer, script string, args ...string) error {
	dir, err := os.MkdirTemp("", "jobsim-nodeimage-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	content, err := fs.Sub(scripts, "nodeimage")
	if err == nil {
		err = os.CopyFS(dir, content)
	}
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "bash", append([]string{filepath.Join(dir, script)}, args...)...)
	cmd.Stdout, cmd.Stderr = progress, progress
	cmd.WaitDelay = time.Second // the engine outlives the script and may hold its output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w (what it said is above)", script, err)
	}
	return nil
}
