package des

// queue is an implicit 4-ary heap of event values: one allocation, no pointers, and a node's children in two cache lines.
type queue struct{ heap []Event }

func (q *queue) push(e Event) {
	q.heap = append(q.heap, e)
	h := q.heap
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// pop removes and returns the first event. The queue must not be empty.
//
// The hole that the first event leaves sinks to a leaf before the last event is put into it (Wegener's bottom-up heapsort,
// 1993): the last event nearly always belongs near the bottom, so comparing with it on the way down is wasted.
func (q *queue) pop() Event {
	h := q.heap
	top := h[0]
	n := len(h) - 1
	last := h[n]
	q.heap = h[:n]
	if n == 0 {
		return top
	}
	h = h[:n]
	i := 0
	for {
		c := 4*i + 1
		if c+3 >= n {
			break
		}
		best := least(h, least(h, c, c+1), least(h, c+2, c+3))
		h[i] = h[best]
		i = best
	}
	if c := 4*i + 1; c < n {
		best := c
		for k := c + 1; k < n; k++ {
			best = least(h, best, k)
		}
		h[i] = h[best]
		i = best
	}
	for i > 0 {
		parent := (i - 1) / 4
		if !last.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = last
	return top
}

// least is the position of the earlier of two events.
func least(h []Event, a, b int) int {
	return a + (b-a)*int(h[b].less(&h[a]))
}
