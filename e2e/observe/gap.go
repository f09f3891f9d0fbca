package observe

import (
	"fmt"

	"github.com/jobsim/jobsim/sim/des"
)

// GapKind says what a gap means for a trace.
type GapKind string

// The kinds of gap.
const (
	// Silent: the API server did not answer. What was written in that time is in the trace, later than it happened; and
	// controllers may have been cut off as well, so that the cluster may have behaved in another way.
	Silent GapKind = "silent"
	// Late: a watch was cut and taken up again where it was. Nothing is missing; times of these records are too late.
	Late GapKind = "late"
	// Lost: a watch could not be taken up again. Writes in between are missing; what they came to is in the trace.
	Lost GapKind = "lost"
)

// Gap is a span in which the trace is not what it should be.
type Gap struct {
	From, To des.Time
	Kind     GapKind
	What     string
}

// String tells it in a line.
func (g Gap) String() string {
	return fmt.Sprintf("%v to %v: %s: %s", g.From, g.To, g.Kind, g.What)
}
