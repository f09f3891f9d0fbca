package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// Names of images that hold one program: e2e/worker, and the command line, for a cluster that runs it itself.
// Registries do not know them: they are built here and loaded.
const (
	WorkerImage = "jobsim.local/worker:dev"
	JobsimImage = "jobsim.local/jobsim:dev"
)

// programs are the packages of what is in the images.
var programs = map[string]string{
	WorkerImage: "github.com/jobsim/jobsim/e2e/worker",
	JobsimImage: "github.com/jobsim/jobsim/cmd/jobsim",
}

// Image is an image that holds one static program for the architecture of this machine, compiled now.
func Image(ctx context.Context, name string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "jobsim-image-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := path.Base(programs[name])
	out := filepath.Join(dir, program)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, programs[name])
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if text, buildErr := cmd.CombinedOutput(); buildErr != nil {
		return nil, fmt.Errorf("image %s: %s cannot be built: %w\n%s", name, program, buildErr, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	var image bytes.Buffer
	err = WriteImage(&image, name, program, text)
	return image.Bytes(), err
}

// epoch is the time of everything in an image, so that the same program gives the same image.
var epoch = time.Unix(0, 0).UTC()

// WriteImage writes an image that holds one program and nothing else, in the form of docker save. The entry point is
// the program; the user is nobody in particular.
func WriteImage(w io.Writer, name, program string, text []byte) error {
	layer, err := archive(map[string][]byte{program: text}, 0o755)
	if err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "created": epoch,
		"config": map[string]any{"Entrypoint": []string{"/" + program}, "User": "65532:65532", "WorkingDir": "/"},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digest(layer)}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]map[string]any{{
		"Config": digest(config) + ".json", "RepoTags": []string{name}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	image, err := archive(map[string][]byte{"manifest.json": manifest, digest(config) + ".json": config,
		"layer.tar": layer}, 0o644)
	if err == nil {
		_, err = w.Write(image)
	}
	return err
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func archive(files map[string][]byte, mode int64) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		h := &tar.Header{Name: name, Mode: mode, Size: int64(len(text)), ModTime: epoch, Typeflag: tar.TypeReg}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
