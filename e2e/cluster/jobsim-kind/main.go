package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/jobsim/jobsim/e2e/cluster"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "jobsim-kind:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string, out io.Writer) error {
	o := cluster.Options{Log: os.Stderr, ManagerArgs: map[string]string{}, FeatureGates: map[string]bool{}}
	f := flag.NewFlagSet("jobsim-kind", flag.ContinueOnError)
	f.StringVar(&o.Name, "name", "jobsim", "of the cluster")
	f.StringVar(&o.Image, "node-image", os.Getenv("NODE_IMAGE"), "default: kind's, or one that is built here")
	f.StringVar(&o.Version, "kubernetes-version", "", "of a node image that is built here")
	f.IntVar(&o.Workers, "workers", cluster.DefaultWorkers, "nodes beside the control plane")
	f.IntVar(&o.Reserved, "reserved", cluster.DefaultReserved, "nodes that only replays use which disturb nodes")
	f.Func("manager-arg", "NAME=VALUE: a flag of the controller manager", func(text string) error {
		name, value, _ := strings.Cut(text, "=")
		o.ManagerArgs[name] = value
		return nil
	})
	f.Func("feature-gate", "NAME=true or false", func(text string) error {
		name, value, _ := strings.Cut(text, "=")
		o.FeatureGates[name] = value == "true"
		return nil
	})
	if len(args) == 0 {
		return fmt.Errorf("what is to be done? (allowed: image, up, down, save DIR, logs DIR)")
	}
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "image":
		image, err := cluster.Prepare(ctx, o)
		if err == nil {
			fmt.Fprintln(out, image)
		}
		return err
	case "up":
		c, err := cluster.Up(ctx, o)
		if err != nil {
			return err
		}
		if err = c.Kind.Load(ctx, cluster.WorkerImage); err != nil {
			return err
		}
		file, err := c.Kind.Kubeconfig()
		fmt.Fprintf(out, "export KUBECONFIG=%s\n", file)
		return err
	case "save":
		return save(ctx, f.Arg(0))
	case "down":
		return cluster.Down(o.Name, o.Log)
	case "logs":
		return cluster.Logs(o.Name, f.Arg(0), o.Log)
	}
	return fmt.Errorf("%q (allowed: image, up, down, save DIR, logs DIR)", args[0])
}

// save writes the images of the worker and of the command line into a directory, for docker load.
func save(ctx context.Context, dir string) error {
	for file, name := range map[string]string{"worker.tar": cluster.WorkerImage, "jobsim.tar": cluster.JobsimImage} {
		image, err := cluster.Image(ctx, name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file), image, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
