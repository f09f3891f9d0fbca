# What can be done here. `make` alone prints the table; a target is a line of it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The light rooms: nothing in them compiles client-go or Kubernetes itself.
LIGHT := ./sim/... ./scenarios/... ./reports/... ./cmd/... ./e2e/mutation/...

# How long soak looks for what breaks something, and where its random scenarios begin: with new ones.
T ?= 1m
SEED ?= $(shell date +%s%N)

# How often bench repeats a benchmark, and which: make bench BENCH=Hold
COUNT ?= 5
BENCH ?= .

# By which profile go build optimises jobsim, and so bench what it measures.
PGO = cmd/jobsim/default.pgo

# How many random scenarios oracle compares, what they may have (scenarios/gen), and with which Kubernetes.
N ?= 10000
FEATURES ?= default
LEAST ?= 0
VERSION ?= 1.37
ORACLE = bin/jobsim-oracle$(if $(filter-out 1.37,$(VERSION)),-$(VERSION))

# What e2e replays: specs with these labels (LABELS='backoff && !node'; default: all but the long ones), or of these names
# (FOCUS=hello), so many at a time.
LABELS ?=
FOCUS ?=
PROCS ?= 32

# Two processes, each with a half of the scenarios: {} is which.
SHARDS = printf '%s\n' 0 1 | xargs -P 2 -I {}

.PHONY: help build check lint test demo bench pgo golden soak oracle oracle-repeat oracle-race oracle-test mutants e2e ci
.PHONY: clean

help: ## this table
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/jobsim
	go build -o bin/jobsim ./cmd/jobsim

check: lint ## format, lint, architecture, tidiness, and the tests of the light rooms but for the long ones
	go test -short $(LIGHT)

lint: bin/lint ## format, go vet, staticcheck, errcheck, exhaustive, shadow
	@bad=$$(gofmt -l sim scenarios reports cmd e2e .ci); test -z "$$bad" || { echo "gofmt -w $$bad"; exit 1; }
	go vet -vettool=$(CURDIR)/bin/lint -errcheck.exclude=$(CURDIR)/.ci/tools/errcheck.txt $(LIGHT)

test: check ## check, and the long tests: properties, closed forms, coverage of intervals, seeds of the fuzz tests
	go test $(LIGHT)

demo: build bin/jobsim-oracle ## one Job in detail, a thousand times, beside the real control plane; reports/out/index.html
	bin/jobsim run --scenario odd-pods-fail
	bin/jobsim run -f scenarios/library/odd-pods-fail.yaml --failure-rate 0.05 --duration lognormal:30s,0.5 -n 1000
	bin/jobsim sweep -f scenarios/examples/hundred.yaml --profile none --failure-rate 0.05 --set spec.backoffLimit=6..12
	bin/jobsim compare odd-pods-fail --world oracle
	@mkdir -p reports/out
	bin/jobsim compare --library --world oracle -o html >reports/out/index.html
	@echo "How close the simulator is to the real control plane, for a browser: reports/out/index.html"

bench: ## kernel, randomness and whole runs on one core, in benchstat's format (COUNT=5 BENCH=.)
	@mkdir -p reports/out
	go test -pgo=$(CURDIR)/$(PGO) -run '^$$' -bench '$(BENCH)' -cpu 1 -count $(COUNT) ./sim/des ./sim/rng ./sim | tee reports/out/bench.txt

pgo: ## measure anew where a run spends its time: the compiler goes by that (cmd/jobsim/default.pgo)
	go test -run '^$$' -bench '^BenchmarkRun' -cpu 1 -benchtime 5s -cpuprofile $(CURDIR)/$(PGO) -o /dev/null ./sim

golden: ## rewrite all golden files, stories and README outputs, and show what changed; the diff is the review
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' $(subst /...,,$(LIGHT)) | xargs -n1 dirname | sort -u) -update
	go test $$(grep -rl --include='*_test.go' 'datadriven.RunTest' $(subst /...,,$(LIGHT)) | xargs -n1 dirname | sort -u) -rewrite
	git diff --stat && git status --short

# Go minimises each input that is new to it, for up to a minute, without counting that: 100x bounds it.
soak: bin/jobsim-oracle ## look for what breaks, T=1m: fuzz tests, properties, comparison with the oracle, from SEED
	@third=$$(( ($$(echo '$(T)' | sed 's/h/*3600+/; s/m/*60+/; s/s/+/')0) / 3 )); \
	fuzz=$$(for p in $$(grep -rl --include='*_test.go' '^func Fuzz' $(subst /...,,$(LIGHT)) | xargs -n1 dirname | sort -u); do \
		go test -list '^Fuzz' ./$${p#./} | sed -n "s|^Fuzz|$$p &|p" || exit; done); \
	while read -r p f; do \
		echo "$$p $$f"; \
		go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $$(( third / $$(wc -l <<<"$$fuzz") + 1 ))s -fuzzminimizetime 100x $$p; \
	done <<<"$$fuzz"; \
	go test ./sim/properties -run '^TestSoak$$' -v -soak -seed $(SEED) -timeout $$(( third + 60 ))s; \
	$(SHARDS) bin/jobsim-oracle diff -seed $(SEED) -n 1000000000 -for $${third}s -features $(FEATURES) -shards 2 -shard {}

oracle: $(ORACLE) ## compare with the real control plane: library, small worlds, N=10000 random scenarios (VERSION=)
	$(SHARDS) $(ORACLE) diff -library -small -n $(N) -features $(FEATURES) -least $(LEAST) -shards 2 -shard {}
	$(SHARDS) $(ORACLE) repeat -library -n 100 -features $(FEATURES) -times 3 -shards 2 -shard {}

oracle-repeat: N = 200
oracle-repeat: $(ORACLE) ## play the library and 100 random scenarios N=200 times each: always the same trace?
	$(SHARDS) $(ORACLE) repeat -library -n 100 -features $(FEATURES) -times $(N) -shards 2 -shard {}

oracle-race: N = 1000
oracle-race: ## N=1000 random scenarios in an oracle with Go's race detector
	go -C e2e/oracle build -race -o $(CURDIR)/bin/jobsim-oracle-race ./jobsim-oracle
	GOMAXPROCS=2 bin/jobsim-oracle-race repeat -n $(N) -features $(FEATURES) -times 1

oracle-test: ## the oracle's own tests
	go -C e2e/oracle test -p 1 -vet=off ./...

mutants: N = 400
mutants: bin/jobsim-oracle ## deliberate bugs in the simulator: does the comparison catch each? (e2e/mutation)
	@mkdir -p e2e/out/recorded
	bin/jobsim-oracle record -n $(N) -features $(FEATURES) -o e2e/out/recorded
	go test ./e2e/mutation -count 1 -v -run AreCaught -recorded $(CURDIR)/e2e/out/recorded -update -timeout 30m

e2e: bin/lint ## replay the library on kind (LABELS= FOCUS= KEEP=1 NODE_IMAGE=), or elsewhere: see e2e/README.md
	go vet -vettool=$(CURDIR)/bin/lint -errcheck.exclude=$(CURDIR)/.ci/tools/errcheck.txt ./e2e/...
	go test ./e2e/cluster/... ./e2e/conformance/... ./e2e/objects/... ./e2e/observe/... ./e2e/replay/... ./e2e/worker/...
	$(if $(E2E),,go run ./e2e/cluster/jobsim-kind image)
	mkdir -p e2e/out
	go tool ginkgo run --procs=$(PROCS) --timeout=1h --fail-on-pending --fail-on-empty --poll-progress-after=5m \
		--label-filter='$(or $(LABELS),!long)' --focus='$(FOCUS)' --output-dir=$(CURDIR)/e2e/out \
		--json-report=report.json --junit-report=junit.xml ./e2e -- $(E2E) -out $(CURDIR)/e2e/out

ci: test demo ## what .ci/run calls: all that needs no cluster, and the real control plane but for random scenarios
	$(MAKE) oracle-test oracle N=0

clean: ## remove what was built
	rm -rf bin reports/out e2e/out

# The same bytes in every clone, so that go vet keeps what it knows of the dependencies.
bin/lint: .ci/tools/go.mod $(wildcard .ci/tools/lint/*.go)
	go -C .ci/tools build -trimpath -o $(CURDIR)/bin/lint ./lint

# Kubernetes itself, for 100 MB and minutes when cold. Go's build cache knows when there is nothing to do.
.PHONY: bin/jobsim-oracle
bin/jobsim-oracle:
	go -C e2e/oracle build -ldflags '-s -w' -o $(CURDIR)/bin/jobsim-oracle ./jobsim-oracle

# The same sources with another minor: bin/jobsim-oracle-1.34, -1.35, -1.36.
.PHONY: FORCE
bin/jobsim-oracle-1.%: FORCE
	go -C e2e/oracle build -modfile=go.1.$*.mod -tags k8s1$* -ldflags '-s -w' -o $(CURDIR)/$@ ./jobsim-oracle
