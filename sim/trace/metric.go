package trace

// Sample is the value of one counter that a component exports.
type Sample struct {
	Series string // name and labels, as in the text that a scrape reads
	Value  int64
}
