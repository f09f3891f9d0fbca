package store

import "github.com/jobsim/jobsim/sim/des"

// Limiter is a client's token bucket: golang.org/x/time/rate, as client-go uses it, in its very arithmetic. That is
// floating-point, and to the nanosecond what it decides; every operation here is one that IEEE 754 rounds exactly, and
// none is fused with another, so it decides the same on every machine. The zero value does not limit.
type Limiter struct {
	qps    float64 // 0: unlimited
	burst  float64
	tokens float64
	last   des.Time // when tokens was right
}

// Reset fills the bucket: qps tokens a second, 0 for no limit, and burst at most.
func (l *Limiter) Reset(qps float64, burst int32) {
	*l = Limiter{qps: qps, burst: float64(burst), tokens: float64(burst)}
}

// Unlimited says whether there is no limit.
func (l *Limiter) Unlimited() bool { return l.qps == 0 }

// Reserve takes a token and says when it may be used (Limiter.reserveN, rate.go:309@v0.15.0).
func (l *Limiter) Reserve(now des.Time) des.Time {
	if l.Unlimited() {
		return now
	}
	tokens := l.advance(now) - 1
	l.last, l.tokens = now, tokens
	if tokens >= 0 {
		return now
	}
	wait := float64(-tokens / l.qps)
	return now.Add(des.Duration(float64(wait * float64(des.Second))))
}

// Allow takes a token if there is one.
func (l *Limiter) Allow(now des.Time) bool {
	tokens := l.advance(now) - 1
	if tokens < 0 {
		return false
	}
	l.last, l.tokens = now, tokens
	return true
}

// advance is how many tokens there are by now (Limiter.advance, rate.go:349@v0.15.0).
func (l *Limiter) advance(now des.Time) float64 {
	elapsed := now.Sub(l.last)
	fraction := float64(float64(elapsed%des.Second) / 1e9)
	seconds := float64(float64(elapsed/des.Second) + fraction)
	return min(l.burst, float64(l.tokens+float64(seconds*l.qps)))
}
