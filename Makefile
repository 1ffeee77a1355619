# make build · setup · images · test · lint · cross · docs · demo · certify · matrix · matrix-images · traps · traps-images · soak-accuracy · bench · nightly · replays · mutate · fuzz-smoke · release-dry-run · clean

GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GORELEASER    := github.com/goreleaser/goreleaser/v2@v2.16.0
ACTIONLINT    := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT        := $(shell git rev-parse HEAD 2>/dev/null)
DATE          := $(shell TZ=UTC0 git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ 2>/dev/null)
LDFLAGS       := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)
TEST_TIMEOUT  ?= 28m
# What takes longest begins first, and two packages at a time: one that mostly waits, and one that keeps the engine busy.
LONGEST       := ./suites ./suites/inengine ./suites/engine/docker
AT_ONCE       ?= 2
BENCHTIME     ?= 1s
FUZZTIME      ?= 10s
SHARE         ?= 4
WAY           ?= quiet
# How many images are played at a time; nearly all of the time is waiting, and seats, not -parallel, bound it.
SEATS         ?= 10

BIN := bin/agentcore-conform
OUT := out

REFERENCE := agentcore-conform/reference:arm64
SDK       := agentcore-conform/sdk:arm64
# Bodies that let both agents show everything: a stream, an answer that takes its time, a background job.
PAYLOADS  := --stream-payload '{"prompt":"{{prompt}}","stream":true,"events":8,"pace_ms":300}' \
             --slow-payload '{"prompt":"{{prompt}}","delay_ms":{{milliseconds}}}' \
             --async-payload '{"prompt":"{{prompt}}","background_ms":2000}'

# One way to compile for all that is built, tested and linted, so that each shares the work of the others.
export CGO_ENABLED ?= 0
export GOFLAGS     ?= -trimpath

.PHONY: all build setup images test vet lint cross docs demo certify matrix matrix-images traps traps-images soak-accuracy bench nightly replays mutate fuzz-smoke lint-workflows release-extras release-image release release-dry-run clean

all: build

# A static binary: on Linux it is also the sidecar that runs inside the engine.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/agentcore-conform

setup:
	./.ci/setup.sh

# The reference agent, and an agent on AWS's own SDK from packages of the npm and Debian registries.
images: setup
	go run ./fixtures/cmd/fixture-image reference --load $(REFERENCE)
	go run ./fixtures/cmd/fixture-image sdk --load $(SDK)

test: setup
	go test -count=1 -timeout $(TEST_TIMEOUT) -p $(AT_ONCE) $(LONGEST) ./...

vet:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt wants these: $$unformatted"; exit 1; }
	go vet -tags bench,nightly,mutate,soak ./...

lint: vet
	go run $(GOLANGCI_LINT) run ./...

# The program compiles for every other system and architecture that it is released for.
cross:
	for target in darwin/arm64 windows/amd64 linux/arm64; do \
	  CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} go vet ./cmd/agentcore-conform || exit 1; done

# The workflows and the action of this project, read by the linter of GitHub's workflows.
lint-workflows:
	go run $(ACTIONLINT)

# Writes anew what is generated from the catalogue, the failures, the proofs, the snippets and the reports; tests fail where it drifts.
docs:
	go test -count=1 ./checks/clausedocs -update
	go test -count=1 ./cmd/agentcore-conform -run 'TestFailuresDocument$$|TestHelp$$' -update
	go test -count=1 ./reports -run 'TestReportsDocument$$' -update

demo: build images
	$(BIN) $(REFERENCE) $(PAYLOADS) --report junit=$(OUT)/reference.xml --report json=$(OUT)/reference.json --report html=$(OUT)/reference.html
	$(BIN) $(SDK) $(PAYLOADS) --report junit=$(OUT)/sdk.xml --report json=$(OUT)/sdk.json --report html=$(OUT)/sdk.html
	@ls -l $(OUT)

# Builds the agents on Strands, LangGraph, LlamaIndex, ADK, OpenAI Agents and FastAPI, and certifies them, the naive ones
# as what they are. Everything comes from the npm and Debian registries.
certify: build setup
	$(BIN) certify fixtures/templates/catalog.yaml --out $(OUT)/certification

# Every mutant must trip its reason and every trap stay green, in process; then the proof and docs/matrix.md are written anew.
matrix:
	go test -count=1 -timeout 20m ./suites -run 'TestMutants|TestImageMutants|TestTraps|TestImageTraps|TestGoodOnes' -update
	go test -count=1 ./suites -run 'TestEveryReasonIsTripped|TestEveryCheckPasses|TestProofIsOfThisTree'

# The same as containers: the full gate for the good agents and a dozen mutants, its own clause for every other one.
# WAY=loaded keeps every core busy meanwhile, WAY=instances plays amd64 builds: what is found may depend on neither.
matrix-images: images
	CONFORM_WAY=$(WAY) CONFORM_SEATS=$(SEATS) go test -count=1 -timeout 60m -parallel 1000 -v -tags nightly ./suites/inengine \
	  -run 'TestReferenceAgentInTheEngine|TestAWSSDKAgentInTheEngine|TestNativeAgentOnInstancesCompute|TestMutantsInTheEngine|TestEveryOtherMutantOnItsOwnClause'

# The traps as containers, each on the clauses that it tempts a check to fail; WAY as above.
traps-images: setup
	CONFORM_WAY=$(WAY) CONFORM_SEATS=$(SEATS) go test -count=1 -timeout 60m -parallel 1000 -v -tags nightly ./suites/inengine -run TestTrapsInTheEngine

# How far forecasts of eight hours are right: a thousand series of each kind, then real containers that grow at known rates.
soak-accuracy: setup
	go test -count=1 -v ./checks/trend -run TestAccuracy
	CONFORM_SEATS=$(SEATS) go test -count=1 -timeout 60m -parallel 1000 -v -tags soak ./suites/inengine -run TestForecastsOfRealContainers

traps:
	go test -count=1 -timeout 20m ./suites -run 'TestTraps|TestImageTraps|TestGoodOnes'

# The ratios to the bare engine, then the plain Go benchmarks.
bench: build images
	go test -count=1 -timeout 60m -v -tags bench ./suites/bench
	go test -count=1 -v -run 'TestTierOneBudget|TestEntrypointBudget' ./checks/facts | grep -E 'tier 1|entry point|FAIL'
	go test -run '^$$' -bench . -benchtime $(BENCHTIME) -benchmem ./checks/facts ./reports ./suites/wire

# What takes too long for every change: repeated, interrupted and killed gates, and every image in full.
nightly: export CONFORM_NIGHTLY = 1
nightly: build images
	go test -count=1 -timeout 12h -parallel 4 -v -tags nightly ./...

# Records the replays again: agents, traps and mutants in this process, images from the reports that make demo and make
# certify left. One of them: go run ./fixtures/replays/renew -only '^traps/fastapi$$' and then the second line.
replays:
	go run -ldflags '-X github.com/agentcore-conform/agentcore-conform/suites.Version=$(VERSION)' ./fixtures/replays/renew -reports $(OUT)/certification,$(OUT)
	go test -count=1 ./fixtures/replays -update

# Breaks the judges in one small place at a time and looks whether their tests notice; writes docs/judges.md. One mutant in
# SHARE is played, always the same ones; 1 plays all.
mutate:
	nice go test -count=1 -timeout 4h -v -tags mutate -run TestJudges ./checks/mutate -share $(SHARE)

# Every fuzz target for a few seconds: finds what a change broke, not what years would find.
fuzz-smoke:
	FUZZTIME=$(FUZZTIME) ./.ci/fuzz.sh

# What a release carries beside the programs: completions and manual pages.
release-extras: build
	rm -rf $(OUT)/release && mkdir -p $(OUT)/release/completions
	for shell in bash zsh fish powershell; do $(BIN) completion $$shell >$(OUT)/release/completions/agentcore-conform.$$shell || exit 1; done
	$(BIN) man $(OUT)/release/man

# The tool's own image for both architectures, as an OCI layout made of what goreleaser left in dist.
release-image:
	rm -rf $(OUT)/image
	go run ./cmd/release-image -layout $(OUT)/image -version $(VERSION) -revision $(COMMIT) -created $(DATE) \
	  linux/amd64=$$(echo dist/*_linux_amd64*/agentcore-conform) linux/arm64=$$(echo dist/*_linux_arm64*/agentcore-conform)

# What the release workflow runs on a tag; it takes GITHUB_TOKEN.
release:
	go run $(GORELEASER) release --clean

# Everything of a release but its publication.
release-dry-run:
	go run $(GORELEASER) check
	go run $(GORELEASER) release --snapshot --clean
	$(MAKE) release-image

clean:
	rm -rf bin dist $(OUT)
