package store

import (
	"errors"
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// ErrRefused is a request that fails because the scenario says so.
var ErrRefused = errors.New("error of the API server")

// ErrQuota is a pod that a ResourceQuota does not allow: HTTP 403.
var ErrQuota = errors.New("exceeded quota")

// admission is what stands between the Job controller and the objects. The zero value lets everything pass.
type admission struct {
	on      bool // something may be refused
	refusal [4]refusal
	quotas  []quota
}

// refusal is until when one kind of request fails, and how.
type refusal struct {
	until des.Time
	err   api.APIError
}

// quota is the most pods of a namespace that may exist without having ended.
type quota struct {
	namespace string
	pods      api.Opt[int32]
}

// Refuse lets the requests of the Job controller fail until an instant; the latest word about a kind of request counts,
// but it does not end sooner than an earlier one said.
func (s *Store) Refuse(requests api.Requests, until des.Time, err api.APIError) {
	s.admission.on = true
	for i := range s.admission.refusal {
		if r := &s.admission.refusal[i]; requests>>i&1 != 0 {
			*r = refusal{max(until, r.until), err}
		}
	}
}

// SetQuota limits the pods of a namespace, or ends that where pods is absent. Pods that exist stay.
func (s *Store) SetQuota(namespace string, pods api.Opt[int32]) {
	s.admission.on = true
	for i := range s.admission.quotas {
		if q := &s.admission.quotas[i]; q.namespace == namespace {
			q.pods = pods
			return
		}
	}
	s.admission.quotas = append(s.admission.quotas, quota{namespace, pods})
}

// Admit says whether a request of the Job controller for the Job is carried out. Errors: ErrRefused, ErrQuota.
func (s *Store) Admit(request api.Requests, job api.JobID) error {
	if !s.admission.on {
		return nil
	}
	return s.admit(request, job)
}

func (s *Store) admit(request api.Requests, job api.JobID) error {
	for i, r := range s.admission.refusal {
		if request>>i&1 != 0 && s.kernel.Now() < r.until {
			return fmt.Errorf("%w: %v", ErrRefused, r.err)
		}
	}
	if request&api.CreatePods == 0 {
		return nil
	}
	namespace := s.jobs[job].Spec.Namespace
	for _, q := range s.admission.quotas {
		if q.namespace != namespace || !q.pods.Set {
			continue
		}
		if used := s.quotaPods(namespace); used >= q.pods.Value {
			return fmt.Errorf("%w: used pods=%d, limited pods=%d", ErrQuota, used, q.pods.Value)
		}
	}
	return nil
}

// quotaPods counts the pods of a namespace that a ResourceQuota counts.
func (s *Store) quotaPods(namespace string) (n int32) {
	for i := range s.jobs {
		if j := &s.jobs[i]; j.Spec == nil || j.Spec.Namespace != namespace {
			continue
		}
		s.PodsOf(api.JobID(i), func(p *api.Pod) bool {
			if s.quotaCounts(p) {
				n++
			}
			return true
		})
	}
	return n
}

// quotaCounts is QuotaV1Pod (pkg/quota/v1/evaluator/core/pods.go@v1.37.2): a pod that has ended is not counted, nor one
// that should have by now.
func (s *Store) quotaCounts(p *api.Pod) bool {
	if p.Status.Phase.Terminal() {
		return false
	}
	return p.Deleted == des.Never || s.kernel.Now() <= p.Deleted.Add(api.Seconds(p.Grace))
}
