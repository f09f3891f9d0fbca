package oracle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/time/rate"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// transport carries the requests of one client to the API server's handlers, on the goroutine of
// the client. It is where a request waits for its turn, for the client's rate limit and for the
// network.
type transport struct {
	db       *database
	actor    Actor
	names    *names
	limiter  *rate.Limiter                   // nil: no limit
	network  func(Request) Answer            // nil: a perfect network
	refuse   func(Request) error             // nil: nothing is
	answered func(r Request, statusCode int) // nil: nobody listens; 0: a broken connection
	events   bool                            // keep API events
	// freeEvents lets those that are not kept pass without a token.
	freeEvents bool
	watches    *watches
	process    context.Context // of the client: with its end all requests are cut off, whatever their own contexts say
}

// resolver reads paths as the API server does.
var resolver = &request.RequestInfoFactory{
	APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api"),
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.process != nil {
		if err := t.process.Err(); err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(req.Context())
		context.AfterFunc(t.process, cancel)
		req = req.WithContext(ctx)
	}
	info, err := resolver.NewRequestInfo(req)
	if err != nil {
		return nil, err
	}
	r := Request{Actor: t.actor, Verb: info.Verb, Group: info.APIGroup, Resource: info.Resource,
		Subresource: info.Subresource, Namespace: info.Namespace, Name: info.Name}
	var at place
	var answer Answer
	dropped := !t.events && r.Resource == "events" && (r.Verb == "create" || r.Verb == "patch")
	if !dropped || t.limiter != nil && !t.freeEvents {
		if err := t.queue(req, r, &at, &answer); err != nil {
			return nil, err
		}
	}
	if dropped {
		return t.drop(req, answer)
	}
	return t.cross(req, r, info, &at, answer)
}

// drop answers an API event that is not kept. Where the client has a limit, it takes as long as if it were.
func (t *transport) drop(req *http.Request, a Answer) (*http.Response, error) {
	if t.limiter != nil && !t.freeEvents && t.network != nil {
		if err := sleep(req.Context(), max(0, a.Before)+max(0, a.After)); err != nil {
			return nil, err
		}
	}
	return dropEvent(req), nil
}

// queue returns when the request may leave the client. at is its place at the gate, which it keeps. What becomes of it
// on the network is decided when it is sent: it counts among the client's requests though it may never leave it.
func (t *transport) queue(req *http.Request, r Request, at *place, a *Answer) error {
	if err := t.turn(req, r, at); err != nil {
		return err
	}
	if t.network != nil {
		r.Owner = ownerIn(req, r)
		*a = t.network(r)
	}
	if t.limiter == nil || r.Verb == "watch" {
		return nil
	}
	now := time.Now()
	reservation := t.limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	if err := sleep(req.Context(), wait); err != nil {
		reservation.Cancel()
		return err
	}
	return t.turn(req, r, at)
}

// cross takes the request over the network, there and back.
func (t *transport) cross(req *http.Request, r Request, info *request.RequestInfo, at *place, a Answer,
) (*http.Response, error) {
	if a.Before > 0 {
		if err := sleep(req.Context(), a.Before); err != nil {
			return nil, err
		}
		if err := t.turn(req, r, at); err != nil {
			return nil, err
		}
	}
	if a.Err == nil && t.refuse != nil {
		a.Err = t.refuse(r)
	}
	var resp *http.Response
	if a.Err == nil || a.Lose {
		resp = t.serve(req, r, info)
	}
	if a.Err != nil || a.Lose {
		if resp != nil {
			_ = resp.Body.Close() // of a pipe or a buffer: cannot fail
		}
		resp = refusal(req, a.Err)
	}
	if t.answered != nil {
		code := 0
		if resp != nil {
			code = resp.StatusCode
		}
		t.answered(r, code)
	}
	if a.After > 0 {
		if err := sleep(req.Context(), a.After); err != nil {
			return nil, err
		}
	}
	switch {
	case resp != nil:
		return resp, nil
	case a.Err != nil:
		return nil, a.Err
	default:
		return nil, syscall.ECONNRESET
	}
}

// refusal is the response for an error of the API server; nil for other errors.
func refusal(req *http.Request, err error) *http.Response {
	var s *apierrors.StatusError
	if !errors.As(err, &s) {
		return nil
	}
	return statusResponse(req, s.Status())
}

// turn waits at the gate.
func (t *transport) turn(req *http.Request, r Request, at *place) error {
	rank, ordinal := t.actor.rank(), uint64(math.MaxUint64)
	if r.Resource == "events" {
		rank = rankEvents
	}
	if r.Name != "" {
		prefix := resourcePrefix(schema.GroupResource{Group: r.Group, Resource: r.Resource})
		key := prefix + "/" + r.Name
		if r.Namespace != "" && r.Resource != "namespaces" {
			key = prefix + "/" + r.Namespace + "/" + r.Name
		}
		ordinal = t.db.bornAt(prefix, key)
	}
	return t.db.gate.again(req.Context(), at, rank, ordinal, func() string { return t.tieText(req, r) })
}

// tieText orders requests of one actor for equally old objects: creations by the age of the owner
// and by completion index.
func (t *transport) tieText(req *http.Request, r Request) string {
	what := fmt.Sprint(r.Verb, " ", r.Resource, "/", r.Subresource)
	m := created(req, r)
	if m == nil {
		return fmt.Sprint(what, " ", r.Namespace, "/", r.Name)
	}
	owner := uint64(0)
	if o := metav1.GetControllerOf(m); o != nil {
		owner = t.db.birth(o.UID)
	}
	index := m.GetAnnotations()[batchv1.JobCompletionIndexAnnotation]
	return fmt.Sprintf("%s %020d %10s %s/%s %s", what, owner, index, r.Namespace, m.GetName(), m.GetGenerateName())
}

// created is the object that a request is to create, or nil.
func created(req *http.Request, r Request) metav1.Object {
	if r.Verb != "create" || r.Subresource != "" || req.GetBody == nil {
		return nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil
	}
	obj, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(raw, nil, nil)
	if err != nil {
		return nil
	}
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil
	}
	return m
}

// ownerIn is the name of the controller of what the request creates.
func ownerIn(req *http.Request, r Request) string {
	if m := created(req, r); m != nil {
		if o := metav1.GetControllerOf(m); o != nil {
			return o.Name
		}
	}
	return ""
}

// serve lets the API server answer.
func (t *transport) serve(req *http.Request, r Request, info *request.RequestInfo) *http.Response {
	if req.Body == nil {
		req = req.Clone(req.Context())
		req.Body = http.NoBody
	}
	ctx := withCall(req.Context(), &call{db: t.db, Request: r})
	ctx = audit.WithAuditContext(ctx) // the handlers of patches want one
	ctx = request.WithRequestInfo(ctx, info)
	if r.Verb == "watch" {
		return t.serveWatch(ctx, req, r)
	}
	rec, req := newRecorder(), req.WithContext(ctx)
	if r.Verb == "create" && r.Subresource == "" {
		t.names.during(func() { t.handle(rec, req, r) })
	} else {
		t.handle(rec, req, r)
	}
	return rec.response(req)
}

// handle runs the handler. A panic in it stops the run; the client gets an error as from the API
// server.
func (t *transport) handle(w http.ResponseWriter, req *http.Request, r Request) {
	defer func() {
		if p := recover(); p != nil {
			t.db.gate.fail(fmt.Errorf("oracle: %s %s: panic: %v\n%s", r.Verb, r.Resource, p, debug.Stack()))
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	handler().ServeHTTP(w, req)
}

// watchTimeout replaces the timeouts that reflectors draw at random: watches end when they are cut.
const watchTimeout = "timeoutSeconds=1000000000"

// serveWatch runs the handler of a watch on a goroutine of its own.
func (t *transport) serveWatch(ctx context.Context, req *http.Request, r Request) *http.Response {
	ctx, cancel := context.WithCancel(ctx)
	in := req.Clone(ctx)
	query := in.URL.Query()
	query.Del("timeoutSeconds")
	in.URL.RawQuery = strings.TrimPrefix(query.Encode()+"&"+watchTimeout, "&")
	s := newStreamer(cancel)
	done := t.watches.add(r, s)
	go func() {
		defer done()
		defer cancel()
		defer s.end()
		t.handle(s, in, r)
	}()
	return s.response(req)
}
