package oracle

import (
	"net/http"

	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	restclient "k8s.io/client-go/rest"
)

// newTransport is the way of one actor to the API server.
func (c *Cluster) newTransport(a Actor, l Limit) *transport {
	t := &transport{db: c.db, actor: a, names: c.names, network: c.options.Network, refuse: c.options.Refuse,
		answered: c.options.Answered,
		events:   c.options.Events, freeEvents: c.options.FreeEvents,
		watches: &c.watches}
	if a == Manager || a.controls() || a.controlsNodes() {
		c.mu.Lock()
		t.process = c.process
		c.mu.Unlock()
	}
	if l.QPS > 0 {
		t.limiter = rate.NewLimiter(rate.Limit(l.QPS), l.Burst)
	}
	return t
}

// restConfig turns off the limit of client-go: it cannot see the requests, so those of one instant
// would race for the tokens. The transport has the same limiter and serves them in the gate's
// order.
func restConfig(a Actor) *restclient.Config {
	content := restclient.ContentConfig{ContentType: runtime.ContentTypeProtobuf,
		AcceptContentTypes: runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON}
	return &restclient.Config{Host: "http://oracle", QPS: -1, UserAgent: string(a), ContentConfig: content}
}

// newClient is the real typed client of an actor.
func (c *Cluster) newClient(a Actor) (kubernetes.Interface, error) {
	return typedClient(restConfig(a), c.newTransport(a, c.limit(a)))
}

func typedClient(cfg *restclient.Config, t http.RoundTripper) (kubernetes.Interface, error) {
	return kubernetes.NewForConfigAndClient(cfg, &http.Client{Transport: t})
}

// newMetadataClient is the garbage collector's second client, with twice the QPS: each of its
// deletions takes two requests (cmd/kube-controller-manager/app/core.go:662-664@v1.37.2).
func (c *Cluster) newMetadataClient(a Actor) (metadata.Interface, error) {
	l := c.limit(a)
	l.QPS *= 2
	cfg := restConfig(a)
	cfg.ContentConfig = restclient.ContentConfig{}
	return metadata.NewForConfigAndClient(cfg, &http.Client{Transport: c.newTransport(a, l)})
}

// limit is the rate limit of an actor.
func (c *Cluster) limit(a Actor) Limit {
	switch {
	case a.controlsNodes() && c.options.FreeNodeControllers:
		return Limit{}
	case a.controls():
		return c.options.ManagerLimit
	case a == Scheduler:
		return c.options.SchedulerLimit
	default:
		return Limit{}
	}
}
