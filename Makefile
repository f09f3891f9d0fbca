# What can be done here; `make` alone prints the table.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The light rooms: nothing here compiles client-go or Kubernetes itself.
LIGHT := ./sim/... ./scenarios/... ./reports/... ./cmd/...

.PHONY: help build check test demo bench golden ci clean

help: ## this table
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/jobsim
	go build -o bin/jobsim ./cmd/jobsim

check: ## format, vet, and the tests of the light rooms
	@test -z "$$(gofmt -l sim scenarios reports cmd)" || { gofmt -l sim scenarios reports cmd; exit 1; }
	go vet $(LIGHT)
	go test $(LIGHT)

test: check ## everything that needs no cluster

demo: build ## one Job, simulated a thousand times, and once in detail
	bin/jobsim run --scenario odd-pods-fail
	bin/jobsim run -f scenarios/library/odd-pods-fail.yaml --failure-rate 0.05 --duration lognormal:30s,0.5 -n 1000

bench: ## kernel and run benchmarks, in benchstat's format
	go test -run '^$$' -bench . -count 5 ./sim/des ./sim/rng ./sim

golden: ## rewrite the golden traces, and show what changed
	go test ./scenarios ./cmd/... -update
	git diff --stat

ci: test demo ## what .ci/run calls

clean: ## remove what was built
	rm -rf bin reports/out
