// Package properties holds what must be true of every run of the simulator, whatever the scenario: tests only.
//
// Read property_test.go for how a property is tried on random scenarios and what is printed when one does not have it;
// invariants_test.go for propositions about one run, relations_test.go for those about two runs that must be related,
// and closed_form_test.go for probabilities that have a formula. Every property says why it must hold. To go on from
// new seeds for an hour: make soak T=1h.
//
// It refuses to know how the simulator works: it looks at what goes in and what comes out.
package properties
