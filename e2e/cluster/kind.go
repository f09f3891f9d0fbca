package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kind "sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cluster/nodeutils"
	"sigs.k8s.io/kind/pkg/log"

	"github.com/jobsim/jobsim/e2e/objects"
)

// Options say which kind cluster is wanted.
type Options struct {
	Name    string // default: DefaultName
	Image   string // of the nodes; default: NodeImage's answer
	Version string // of Kubernetes, where an image must be built; default: DefaultVersion
	Workers int    // nodes beside the control plane; 0: pods run on the control plane
	// Reserved nodes beside these are for replays that disturb nodes.
	Reserved int
	// ManagerArgs are flags of the controller manager, without the dashes; FeatureGates those of the whole cluster.
	ManagerArgs  map[string]string
	FeatureGates map[string]bool
	Temporary    bool      // who asks will delete it
	Log          io.Writer // progress; nil: silence
}

// Kind is a kind cluster of our own.
type Kind struct {
	Name   string
	Reused bool // it was there already
	// Temporary says that it was brought up to be deleted again, by us or by somebody who did not come to it.
	Temporary bool
	// Reserved are the names of the nodes that only replays use which disturb nodes, sorted.
	Reserved []string
	provider *kind.Provider
	log      io.Writer
}

// The cluster of the suite: two nodes for pods, and three pairs of which one can be stopped.
const (
	DefaultName     = "jobsim"
	DefaultWorkers  = 2
	DefaultReserved = 6
)

// readyTimeout is how long a control plane may take to become ready.
const readyTimeout = 3 * time.Minute

// Up brings a kind cluster up, or finds the one of that name, and connects to it. The error of one that cannot be
// created says where its logs are; what there was of it is deleted.
func Up(ctx context.Context, o Options) (*Cluster, error) {
	if o.Name == "" {
		o.Name = DefaultName
	}
	k := newKind(o.Name, o.Log)
	o.Log = k.log
	if err := StartEngine(ctx, o.Log); err != nil {
		return nil, err
	}
	names, err := k.provider.List()
	if err != nil {
		return nil, fmt.Errorf("kind: %w", err)
	}
	if k.Reused = slices.Contains(names, o.Name); k.Reused {
		err = k.adopt(ctx, o.Temporary)
	} else {
		err = k.create(ctx, &o)
	}
	if err != nil {
		return nil, err
	}
	c, err := k.connect(ctx)
	if err == nil {
		err = c.awaitNodes(ctx)
	}
	if err == nil {
		err = c.findReserved(ctx)
	}
	if err != nil && k.Reused {
		err = fmt.Errorf("%w (the cluster was there already; jobsim-kind down deletes it)", err)
	}
	return c, err
}

// adopt makes a cluster that was there usable: nodes that somebody had stopped and not started again go on. It stays
// temporary if it was, unless it is to be kept from now on.
func (k *Kind) adopt(ctx context.Context, temporary bool) error {
	mark, err := k.file("temporary")
	if err != nil {
		return err
	}
	if !temporary {
		err = os.RemoveAll(mark)
	} else if _, statErr := os.Stat(mark); statErr == nil {
		k.Temporary = true
	}
	nodes, listErr := k.provider.ListNodes(k.Name)
	err = errors.Join(err, listErr)
	for _, n := range nodes {
		err = errors.Join(err, k.Start(ctx, n.String()))
	}
	return err
}

// Find connects to the kind cluster of a name, which must be there.
func Find(ctx context.Context, name string) (*Cluster, error) {
	c, err := newKind(name, nil).connect(ctx)
	if err == nil {
		err = c.findReserved(ctx)
	}
	return c, err
}

// Prepare makes sure of a Docker engine and of the image that the nodes of a cluster would have, and names it. Where it
// must be built this takes minutes.
func Prepare(ctx context.Context, o Options) (image string, err error) {
	if err = StartEngine(ctx, o.Log); err != nil || o.Image != "" {
		return o.Image, err
	}
	return NodeImage(ctx, o.Version, o.Log)
}

func (k *Kind) create(ctx context.Context, o *Options) error {
	image := o.Image
	if image == "" {
		var err error
		if image, err = NodeImage(ctx, o.Version, o.Log); err != nil {
			return err
		}
	}
	file, err := k.file("kubeconfig")
	if err != nil {
		return err
	}
	if k.Temporary = o.Temporary; k.Temporary {
		mark, markErr := k.file("temporary")
		if markErr = errors.Join(markErr, os.WriteFile(mark, nil, 0o600)); markErr != nil {
			return markErr
		}
	}
	if err = allowWatches((o.Workers + o.Reserved + 1) * watchesOfNode); err != nil {
		fmt.Fprintln(k.log, err) // it may do all the same
	}
	fmt.Fprintf(k.log, "cluster %s: %d nodes of %s\n", k.Name, o.Workers+o.Reserved+1, image)
	err = k.provider.Create(o.Name, kind.CreateWithV1Alpha4Config(config(o, image)), kind.CreateWithNodeImage(image),
		kind.CreateWithKubeconfigPath(file), kind.CreateWithWaitForReady(readyTimeout), kind.CreateWithRetain(true),
		kind.CreateWithDisplayUsage(false), kind.CreateWithDisplaySalutation(false))
	if err == nil {
		return nil
	}
	logs, dirErr := os.MkdirTemp("", "jobsim-kind-logs-")
	if dirErr == nil {
		dirErr = k.ExportLogs(logs)
	}
	err = fmt.Errorf("kind cannot create cluster %s of %s (its logs: %s): %w", o.Name, image, logs, err)
	return errors.Join(err, dirErr, k.Delete())
}

// config is a cluster without kube-proxy and DNS, which Jobs do not need.
func config(o *Options, image string) *v1alpha4.Cluster {
	c := &v1alpha4.Cluster{FeatureGates: o.FeatureGates}
	c.Networking.APIServerAddress = "127.0.0.1"
	c.Networking.DisableDefaultCNI = IsOwnImage(image) // it brings a bridge network of its own
	c.Networking.KubeProxyMode = v1alpha4.ProxyMode("none")
	c.Nodes = []v1alpha4.Node{{Role: v1alpha4.ControlPlaneRole}}
	for i := range o.Workers + o.Reserved {
		n := v1alpha4.Node{Role: v1alpha4.WorkerRole}
		if i >= o.Workers { // by its own kubelet, so that a node is reserved again when it comes back
			n.KubeadmConfigPatches = []string{"kind: JoinConfiguration\nnodeRegistration:\n  taints:\n" +
				"  - {key: " + objects.ReservedTaint + ", effect: NoSchedule}\n"}
		}
		c.Nodes = append(c.Nodes, n)
	}
	// Nobody needs what is stored once the machine is off (kind does the same where it may not be root).
	cluster := "kind: ClusterConfiguration\ndns:\n  disabled: true\n" +
		"etcd:\n  local:\n    extraArgs:\n    - {name: unsafe-no-fsync, value: \"true\"}\n"
	if len(o.ManagerArgs) > 0 { // kind's own argument is in the list that this one replaces
		cluster += "controllerManager:\n  extraArgs:\n  - {name: enable-hostpath-provisioner, value: \"true\"}\n"
		for _, name := range slices.Sorted(maps.Keys(o.ManagerArgs)) {
			cluster += fmt.Sprintf("  - {name: %s, value: %q}\n", name, o.ManagerArgs[name])
		}
	}
	// Some settings tolerate what a machine without CAP_SYS_RESOURCE refuses. Full volumes are noticed every minute or two
	// otherwise (pkg/kubelet/server/stats/volume_stat_calculator.go:69@v1.37.2).
	c.KubeadmConfigPatches = []string{cluster, "kind: KubeletConfiguration\nfailCgroupV1: false\n" +
		"volumeStatsAggPeriod: 5s\nfeatureGates:\n  KubeletInUserNamespace: true\n"}
	v1alpha4.SetDefaultsCluster(c)
	return c
}

// file is the place of something that is kept about the cluster.
func (k *Kind) file(what string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "jobsim")
	return filepath.Join(dir, "kind-"+k.Name+"."+what), os.MkdirAll(dir, 0o700)
}

func (k *Kind) connect(ctx context.Context) (*Cluster, error) {
	text, err := k.provider.KubeConfig(k.Name, false)
	if err != nil {
		return nil, fmt.Errorf("kind cluster %s: %w", k.Name, err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("kind cluster %s: %w", k.Name, err)
	}
	c, err := connect(ctx, "kind-"+k.Name, config)
	if err != nil {
		return nil, err
	}
	c.Kind = k
	return c, nil
}

// Delete takes the cluster down. It is no error if there is none.
func (k *Kind) Delete() error {
	file, err := k.file("kubeconfig")
	if err == nil {
		err = k.provider.Delete(k.Name, file)
	}
	if mark, markErr := k.file("temporary"); markErr == nil {
		err = errors.Join(err, os.RemoveAll(mark))
	}
	if err != nil {
		return fmt.Errorf("kind cluster %s cannot be deleted: %w", k.Name, err)
	}
	return nil
}

// Down deletes the kind cluster of a name, if there is one.
func Down(name string, progress io.Writer) error { return newKind(name, progress).Delete() }

// Logs writes the logs of the kind cluster of a name into a directory.
func Logs(name, dir string, progress io.Writer) error { return newKind(name, progress).ExportLogs(dir) }

func newKind(name string, progress io.Writer) *Kind {
	if progress == nil {
		progress = io.Discard
	}
	return &Kind{Name: name, log: progress,
		provider: kind.NewProvider(kind.ProviderWithDocker(), kind.ProviderWithLogger(logger{progress}))}
}

// ExportLogs writes the logs of the nodes and of what runs on them into a directory.
func (k *Kind) ExportLogs(dir string) error { return k.provider.CollectLogs(k.Name, dir) }

// Kubeconfig writes a kubeconfig of the cluster, for kubectl, and returns its place.
func (k *Kind) Kubeconfig() (string, error) {
	file, err := k.file("kubeconfig")
	if err != nil {
		return "", err
	}
	return file, k.provider.ExportKubeConfig(k.Name, file, false)
}

// Load puts an image of ours, such as WorkerImage, on every node, without a registry.
func (k *Kind) Load(ctx context.Context, name string) error {
	image, err := Image(ctx, name)
	if err != nil {
		return err
	}
	nodes, err := k.provider.ListInternalNodes(k.Name)
	if err != nil {
		return fmt.Errorf("kind cluster %s: %w", k.Name, err)
	}
	errs := make([]error, len(nodes))
	var loads sync.WaitGroup
	for i, n := range nodes {
		loads.Go(func() {
			if err := nodeutils.LoadImageArchive(n, bytes.NewReader(image)); err != nil {
				errs[i] = fmt.Errorf("image %s cannot be loaded into node %s: %w", name, n, err)
			}
		})
	}
	loads.Wait()
	return errors.Join(errs...)
}

// ControlPlane is the node of the API server and the controllers.
func (k *Kind) ControlPlane() string { return k.Name + "-control-plane" }

// Stop freezes a node: nothing on it moves, and it answers nobody.
func (k *Kind) Stop(ctx context.Context, node string) error { return docker(ctx, "pause", node) }

// What is run on a node to cut it off, both ways, and to take that back.
const (
	cut = `ip route show default >/run/jobsim-cut
		sysctl -qw net.ipv6.conf.eth0.keep_addr_on_down=1
		ip link set eth0 down`
	mend = `test -e /run/jobsim-cut || exit 0
		ip link set eth0 up
		while read -r route; do ip route replace $route; done </run/jobsim-cut
		rm /run/jobsim-cut`
)

// Cut cuts a node off from the network; what runs on it goes on.
func (k *Kind) Cut(ctx context.Context, node string) error {
	return docker(ctx, "exec", node, "sh", "-ec", cut)
}

// Start lets a node go on that is frozen or cut off; another is left alone. Its kubelet looks for the control plane
// again when it would have done so anyway: one that began anew could report other ends of pods.
func (k *Kind) Start(ctx context.Context, node string) error {
	_ = docker(ctx, "unpause", node) // an error if it is not frozen
	return docker(ctx, "exec", node, "sh", "-ec", mend)
}

// Rejoin lets a node register itself again, whose Node object was deleted.
func (k *Kind) Rejoin(ctx context.Context, node string) error {
	return docker(ctx, "exec", node, "systemctl", "restart", "kubelet")
}

// RestartManager ends the controller manager's process; the kubelet starts it again.
func (k *Kind) RestartManager(ctx context.Context) error {
	return docker(ctx, "exec", k.ControlPlane(), "pkill", "-f", "^kube-controller-manager ")
}

func docker(ctx context.Context, args ...string) error {
	text, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("docker %s: %w: %s", args[0], err, bytes.TrimSpace(text))
	}
	return nil
}

// logger takes kind's progress.
type logger struct{ io.Writer }

func (l logger) Warn(message string)              { fmt.Fprintln(l, message) }
func (l logger) Warnf(format string, args ...any) { fmt.Fprintf(l, format+"\n", args...) }
func (l logger) Error(message string)             { l.Warn(message) }
func (l logger) Errorf(f string, args ...any)     { l.Warnf(f, args...) }
func (l logger) V(level log.Level) log.InfoLogger { return infoLogger{l, level <= 0} }

type infoLogger struct {
	logger
	enabled bool
}

func (l infoLogger) Enabled() bool { return l.enabled }
func (l infoLogger) Info(message string) {
	if l.enabled {
		l.Warn(message)
	}
}
func (l infoLogger) Infof(format string, args ...any) {
	if l.enabled {
		l.Warnf(format, args...)
	}
}
