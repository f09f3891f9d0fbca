package api

// Requests is a set of requests of the Job controller that change something. The zero value is empty.
type Requests uint8

// The requests.
const (
	CreatePods   Requests = 1 << iota // POST
	DeletePods                        // DELETE
	PatchPods                         // PATCH, which takes the tracking finalizer off
	UpdateStatus                      // PUT of a Job's status
)

// RequestNames are their words in scenarios.
var RequestNames = map[string]Requests{"createPods": CreatePods, "deletePods": DeletePods, "patchPods": PatchPods,
	"updateStatus": UpdateStatus}

// APIError is the reason of an error of the API server, as in metav1.Status.
type APIError uint8

// The errors that can be asked for. The Job controller treats them alike.
const (
	InternalError APIError = iota // 500
	Forbidden                     // 403
	Conflict                      // 409
)

// String is the API's word.
func (e APIError) String() string { return [...]string{"InternalError", "Forbidden", "Conflict"}[e] }
