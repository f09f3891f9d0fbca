package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster is a cluster that can be talked to.
type Cluster struct {
	Name   string // what it is called in its kubeconfig
	Client kubernetes.Interface
	Config *rest.Config
	// Version of its API server, such as v1.37.2.
	Version string
	// Minor is the number in the middle of it.
	Minor int
	// IsKind says that every node was made by kind. False also where the nodes may not be listed.
	IsKind bool
	// Kind is what can be done to the machines of a cluster that this program brought up; nil for others.
	Kind *Kind
}

// ErrNotYours is a cluster on which nothing is done without the word of its owner.
var ErrNotYours = errors.New("it is not a kind cluster")

// Client limits of a replay. The API server protects itself; what counts is that fates are handed out at once.
const (
	clientQPS   = 200
	clientBurst = 400
)

// Connect finds a cluster: by a kubeconfig and a context in it, as kubectl does where they are empty, or, inside a
// pod, the one around it. Errors say what cannot be reached.
func Connect(ctx context.Context, kubeconfig, contextName string) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if kubeconfig != "" {
		rules.ExplicitPath = kubeconfig
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules,
		&clientcmd.ConfigOverrides{CurrentContext: contextName})
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w (allowed: --kubeconfig FILE, KUBECONFIG, or a pod's service account)", err)
	}
	name := contextName
	if raw, rawErr := loader.RawConfig(); rawErr == nil && name == "" {
		name = raw.CurrentContext
	}
	if name == "" {
		name = config.Host
	}
	return connect(ctx, name, config)
}

func connect(ctx context.Context, name string, config *rest.Config) (*Cluster, error) {
	config.QPS, config.Burst = clientQPS, clientBurst
	config.UserAgent = "jobsim"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", name, err)
	}
	c := &Cluster{Name: name, Client: client, Config: config}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return nil, fmt.Errorf("cluster %s at %s does not answer: %w", name, config.Host, err)
	}
	c.Version = version.GitVersion
	if _, err = fmt.Sscanf(version.Minor, "%d", &c.Minor); err != nil {
		return nil, fmt.Errorf("cluster %s: minor version %q is not a number", name, version.Minor)
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return c, nil // nothing but names of nodes is needed of it
	}
	c.IsKind = len(nodes.Items) > 0
	for i := range nodes.Items {
		c.IsKind = c.IsKind && strings.HasPrefix(nodes.Items[i].Spec.ProviderID, "kind://")
	}
	return c, nil
}

// Consent is an error unless the cluster is kind's or its owner agrees that Jobs are created in it, in namespaces of
// their own.
func (c *Cluster) Consent(agreed bool) error {
	if c.IsKind || agreed {
		return nil
	}
	return fmt.Errorf("cluster %s: %w: it would get namespaces jobsim-... with Jobs in them, and lose them again; "+
		"--yes-i-own-this-cluster says that this is all right", c.Name, ErrNotYours)
}
