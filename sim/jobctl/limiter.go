package jobctl

import "github.com/jobsim/jobsim/sim/des"

// limiter is the client's token bucket (golang.org/x/time/rate, as client-go uses it). The zero value does not limit.
type limiter struct {
	every des.Duration // a token's worth of time; 0: unlimited
	depth des.Duration // the bucket's
	full  des.Time     // when the bucket will be full if nobody takes from it
}

func (l *limiter) reset(qps float64, burst int32) {
	*l = limiter{}
	if qps > 0 {
		l.every = des.Duration(float64(des.Second) / qps)
		l.depth = l.every * des.Duration(max(burst, 1))
	}
}

func (l *limiter) unlimited() bool { return l.every == 0 }

// reserve takes a token and says when it may be used.
func (l *limiter) reserve(now des.Time) des.Time {
	if l.every == 0 {
		return now
	}
	l.full = max(l.full, now).Add(l.every)
	return max(now, l.full.Add(-l.depth))
}
