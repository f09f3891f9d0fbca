// Command swarm plays recorded random scenarios in the simulator that it was built with, up to the first that goes
// otherwise than in the real control plane.
//
//	swarm DIR
//
// DIR is what jobsim-oracle record has written. What differs goes to standard output: the name of the scenario, how
// many had been played, and what the difference is, with tabs between. The exit status is 1 then, and 0 if nothing
// differs.
package main
