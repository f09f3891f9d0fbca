package objects

// ReservedTaint is the taint of nodes that only replays use which disturb nodes.
const ReservedTaint = "jobsim.dev/reserved"
