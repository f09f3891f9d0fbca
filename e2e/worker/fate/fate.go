package fate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Forever is a span without an end.
const Forever time.Duration = -1

// End is how a run ends.
type End string

// The ends of a run.
const (
	Exit   End = "exit"   // the process exits with a code
	Memory End = "memory" // it takes memory until it is killed for it
	Disk   End = "disk"   // it fills its volume until the kubelet evicts the pod
)

// Run is what is to happen to one run of a container if nobody interferes.
type Run struct {
	Ready time.Duration // from start to readiness; Forever: never
	Run   time.Duration // from start to the end; Forever: none
	End   End
	Code  int           // of Exit, 0 to 255; 128+n is a death by signal n
	Term  time.Duration // how long it lives on after SIGTERM; Forever: until SIGKILL
	Last  int           // the exit code it has then
}

// Encode writes the runs of a container, first run first. The last one goes for all that follow it.
func Encode(runs []Run) string {
	words := make([]string, len(runs))
	for i, r := range runs {
		words[i] = strings.Join([]string{string(r.End), span(r.Run), strconv.Itoa(r.Code), span(r.Ready), span(r.Term),
			strconv.Itoa(r.Last)}, ",")
	}
	return strings.Join(words, " ")
}

// Decode reads what Encode writes. Errors say which run is at fault.
func Decode(text string) ([]Run, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, errors.New("no fate was given")
	}
	runs := make([]Run, len(words))
	for i, word := range words {
		var err error
		if runs[i], err = decode(word); err != nil {
			return nil, fmt.Errorf("run %d: %q: %w (allowed: END,RUN,CODE,READY,TERM,LAST)", i, word, err)
		}
	}
	return runs, nil
}

func decode(word string) (r Run, err error) {
	parts := strings.Split(word, ",")
	if len(parts) != 6 {
		return r, fmt.Errorf("%d parts", len(parts))
	}
	r.End = End(parts[0])
	switch r.End {
	case Exit, Memory, Disk:
	default:
		return r, fmt.Errorf("end %q", parts[0])
	}
	var errs [5]error
	r.Run, errs[0] = parseSpan(parts[1])
	r.Code, errs[1] = parseCode(parts[2])
	r.Ready, errs[2] = parseSpan(parts[3])
	r.Term, errs[3] = parseSpan(parts[4])
	r.Last, errs[4] = parseCode(parts[5])
	return r, errors.Join(errs[:]...)
}

func span(d time.Duration) string {
	if d == Forever {
		return "forever"
	}
	return d.String()
}

func parseSpan(text string) (time.Duration, error) {
	if text == "forever" {
		return Forever, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("span %q is negative", text)
	}
	return d, err
}

func parseCode(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && (n < 0 || n > 255) {
		err = fmt.Errorf("exit code %d", n)
	}
	return n, err
}
