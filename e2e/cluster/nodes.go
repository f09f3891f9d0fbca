package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/flock"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/e2e/objects"
)

// findReserved lists the nodes that only replays use which disturb nodes.
func (c *Cluster) findReserved(ctx context.Context) error {
	list, err := c.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("cluster %s: the nodes cannot be listed: %w", c.Name, err)
	}
	c.Kind.Reserved = nil
	for i := range list.Items {
		n := &list.Items[i]
		if objects.IsReserved(n) {
			c.Kind.Reserved = append(c.Kind.Reserved, n.Name)
		}
	}
	slices.Sort(c.Kind.Reserved)
	return nil
}

// awaitNodes waits until every machine of a kind cluster has its Node object and none is marked as one that does not
// answer: those that were frozen need a while. An object that is missing, because a replay was killed that had deleted
// it, is made again.
func (c *Cluster) awaitNodes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	machines, err := c.Kind.provider.ListNodes(c.Kind.Name)
	if err != nil {
		return fmt.Errorf("kind cluster %s: %w", c.Kind.Name, err)
	}
	rejoined := map[string]bool{}
	for {
		silent, err := "", error(nil)
		for _, m := range machines {
			node, getErr := c.Client.CoreV1().Nodes().Get(ctx, m.String(), metav1.GetOptions{})
			if apierrors.IsNotFound(getErr) && !rejoined[m.String()] {
				rejoined[m.String()] = true
				err = errors.Join(err, c.Kind.Rejoin(ctx, m.String()))
			}
			if getErr != nil || slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool {
				return t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable
			}) {
				silent = m.String()
			}
		}
		if silent == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, fmt.Errorf("cluster %s: node %s does not become ready", c.Name, silent))
		case <-time.After(time.Second):
		}
	}
}

// Reserve waits for so many reserved nodes, and lets those go on that were stopped. They are held by locks on files,
// which end with the process that has them.
func (k *Kind) Reserve(ctx context.Context, nodes int) (names []string, release func(), err error) {
	locks := map[string]*flock.Flock{}
	release = func() {
		for name, lock := range locks {
			_ = lock.Unlock()
			delete(locks, name)
		}
	}
	for {
		for _, name := range k.Reserved {
			file, fileErr := k.file(name + ".lock")
			if fileErr != nil {
				return nil, release, fileErr
			}
			if lock := flock.New(file); len(locks) < nodes {
				var held bool
				if held, err = lock.TryLock(); err != nil {
					release()
					return nil, release, fmt.Errorf("node %s cannot be reserved: %w", name, err)
				}
				if held {
					locks[name] = lock
				}
			}
		}
		if len(locks) == nodes {
			break
		}
		release() // all or none: nobody waits for somebody who waits
		select {
		case <-ctx.Done():
			return nil, release, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	for name := range locks {
		err = errors.Join(err, k.Start(ctx, name))
		names = append(names, name)
	}
	slices.Sort(names)
	return names, release, err
}
