package oracle

import (
	"errors"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	quota "k8s.io/kubernetes/pkg/quota/v1/evaluator/core"
	"k8s.io/utils/clock"

	"github.com/jobsim/jobsim/sim/api"
)

// obstacles is what the scenario lets the API server refuse of the Job controller's requests. The quota is the real
// one's rule for what counts, applied to what is in the database: not its lag.
type obstacles struct {
	outages []outage
	quotas  map[string]int32 // the most pods, by namespace
}

// outage is until when some requests fail.
type outage struct {
	requests api.Requests
	until    time.Time
	err      api.APIError
}

// fault takes a fault of the scenario.
func (a *obstacles) fault(f *api.Fault) {
	switch {
	case f.Kind == api.FailRequests:
		a.outages = append(a.outages, outage{f.Requests, time.Now().Add(time.Duration(f.For)), f.Error})
	case f.Pods.Set:
		if a.quotas == nil {
			a.quotas = map[string]int32{}
		}
		a.quotas[f.Namespace] = f.Pods.Value
	default:
		delete(a.quotas, f.Namespace)
	}
}

// refuse is the error that the request gets; nil if it is carried out.
func (a *obstacles) refuse(r Request, pods func(namespace string) []*corev1.Pod) error {
	kind := requestKind(r)
	if r.Actor != JobController || kind == 0 {
		return nil
	}
	for i := len(a.outages) - 1; i >= 0; i-- {
		if f := &a.outages[i]; f.requests&kind != 0 && time.Now().Before(f.until) {
			return f.answer(r)
		}
	}
	most, limited := a.quotas[r.Namespace]
	if kind != api.CreatePods || !limited {
		return nil
	}
	used := int32(0)
	for _, p := range pods(r.Namespace) {
		if quota.QuotaV1Pod(p, clock.RealClock{}) {
			used++
		}
	}
	if used >= most {
		return apierrors.NewForbidden(corev1.Resource("pods"), r.Name, errors.New("exceeded quota"))
	}
	return nil
}

func (f *outage) answer(r Request) error {
	cause := errors.New("the scenario refuses it")
	gr := batchv1.Resource(r.Resource)
	switch f.err {
	case api.Forbidden:
		return apierrors.NewForbidden(gr, r.Name, cause)
	case api.Conflict:
		return apierrors.NewConflict(gr, r.Name, cause)
	default:
		return apierrors.NewInternalError(cause)
	}
}

func requestKind(r Request) api.Requests {
	switch [3]string{r.Verb, r.Resource, r.Subresource} {
	case [3]string{"create", "pods", ""}:
		return api.CreatePods
	case [3]string{"delete", "pods", ""}:
		return api.DeletePods
	case [3]string{"patch", "pods", ""}:
		return api.PatchPods
	case [3]string{"update", "jobs", "status"}:
		return api.UpdateStatus
	}
	return 0
}

// pods are the pods of a namespace, as they are stored.
func (db *database) pods(namespace string) (pods []*corev1.Pod) {
	db.mu.Lock()
	defer db.mu.Unlock()
	prefix := resourcePrefix(podResource)
	for _, e := range db.bucket(prefix, podResource).list(prefix+"/"+namespace, true) {
		pods = append(pods, e.v1("").(*corev1.Pod))
	}
	return pods
}
