package oracle

import "time"

// Request is one API request as the network sees it.
type Request struct {
	Actor           Actor
	Verb            string // get, list, watch, create, update, patch, delete or deletecollection
	Group, Resource string // "batch", "jobs"
	Subresource     string // status, binding, eviction or empty
	Namespace, Name string // Name is empty for create, list and watch
	Owner           string // of create: the name of the object's controller, if it has one; known to Options.Network only
}

// Answer is what becomes of a request on its way. The zero value is a perfect network.
type Answer struct {
	// Before passes until the API server has the request, After until the client has the answer.
	// Negative is zero.
	Before, After time.Duration
	// Err, if set, is the answer. A *apierrors.StatusError is answered as by the API server (409,
	// 429, 500, ...); any other error is a broken connection. The API server never sees the
	// request, unless Lose is set.
	Err error
	// Lose lets the API server carry the request out and answers Err all the same: the client does
	// not know that its write is committed. Without Err the connection is reset.
	Lose bool
}

// Limit is a client's rate limit: QPS requests a second after a burst of Burst. The zero value is
// no limit. Watches are not limited; writes of API events are, even if they are not kept.
type Limit struct {
	QPS   float64
	Burst int
}

// ManagerLimit is the limit of each controller of the kube-controller-manager
// (pkg/controller/apis/config/v1alpha1/defaults.go:60-65@v1.37.2).
var ManagerLimit = Limit{QPS: 20, Burst: 30}

// SchedulerLimit is the limit of the kube-scheduler
// (pkg/scheduler/apis/config/v1/defaults.go:150-155@v1.37.2).
var SchedulerLimit = Limit{QPS: 50, Burst: 100}
