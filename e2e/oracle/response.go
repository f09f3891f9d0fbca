package oracle

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func newResponse(req *http.Request, code int, header http.Header, body io.ReadCloser, length int64) *http.Response {
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: body, ContentLength: length, Request: req}
}

// statusResponse is an answer of the API server that no handler gave.
func statusResponse(req *http.Request, s metav1.Status) *http.Response {
	s.Kind, s.APIVersion = "Status", "v1"
	body, err := json.Marshal(s)
	if err != nil {
		body = nil // a Status always encodes; the code says enough
	}
	header := http.Header{"Content-Type": {runtime.ContentTypeJSON}}
	if s.Details != nil && s.Details.RetryAfterSeconds > 0 {
		header.Set("Retry-After", strconv.Itoa(int(s.Details.RetryAfterSeconds)))
	}
	return newResponse(req, int(s.Code), header, io.NopCloser(bytes.NewReader(body)), int64(len(body)))
}

// dropEvent answers the write of an API event as if it had been carried out.
func dropEvent(req *http.Request) *http.Response {
	if req.Method == http.MethodPost {
		header := http.Header{"Content-Type": req.Header["Content-Type"]}
		return newResponse(req, http.StatusCreated, header, req.Body, req.ContentLength)
	}
	body := []byte(`{"kind":"Event","apiVersion":"v1"}`)
	header := http.Header{"Content-Type": {runtime.ContentTypeJSON}}
	return newResponse(req, http.StatusOK, header, io.NopCloser(bytes.NewReader(body)), int64(len(body)))
}

// recorder is the http.ResponseWriter of a request that is answered in one piece.
type recorder struct {
	code   int
	header http.Header
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{code: http.StatusOK, header: http.Header{}} }

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(code int)        { r.code = code }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) response(req *http.Request) *http.Response {
	return newResponse(req, r.code, r.header, io.NopCloser(&r.body), int64(r.body.Len()))
}

// streamer is the http.ResponseWriter of a watch, and the body of its response.
type streamer struct {
	*io.PipeReader
	pw     *io.PipeWriter
	header http.Header
	once   sync.Once
	ready  chan int // the status code
	cancel context.CancelFunc
}

func newStreamer(cancel context.CancelFunc) *streamer {
	pr, pw := io.Pipe()
	return &streamer{PipeReader: pr, pw: pw, header: http.Header{}, ready: make(chan int, 1), cancel: cancel}
}

func (s *streamer) Header() http.Header         { return s.header }
func (s *streamer) WriteHeader(code int)        { s.once.Do(func() { s.ready <- code }) }
func (s *streamer) Write(b []byte) (int, error) { s.WriteHeader(http.StatusOK); return s.pw.Write(b) }
func (s *streamer) Flush()                      { s.WriteHeader(http.StatusOK) }

// CloseNotify is deprecated and nobody reads it, but the API server's wrapper of response writers
// keeps Flush only of writers that have it
// (apiserver/pkg/endpoints/responsewriter/wrapper.go@v0.37.2).
func (s *streamer) CloseNotify() <-chan bool { return make(chan bool) }

// response waits for the first byte or the status code.
func (s *streamer) response(req *http.Request) *http.Response {
	return newResponse(req, <-s.ready, s.header, s, -1)
}

// Close is the client's end of the watch.
func (s *streamer) Close() error {
	s.cancel()
	return s.PipeReader.Close()
}

// end is the server's end of the watch: the client reads io.EOF.
func (s *streamer) end() {
	s.WriteHeader(http.StatusOK)
	_ = s.pw.Close() // of a pipe: cannot fail
}

// watches are the open watches of a cluster.
type watches struct {
	mu   sync.Mutex
	open map[*streamer]Request
}

func (w *watches) add(r Request, s *streamer) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil {
		w.open = map[*streamer]Request{}
	}
	w.open[s] = r
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.open, s)
	}
}

// cut ends the watches that match, as a restart of the API server or a broken connection does.
func (w *watches) cut(match func(Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s, r := range w.open {
		if match(r) {
			s.cancel()
			s.end()
		}
	}
}
