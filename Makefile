# SPDX-License-Identifier: Apache-2.0
#
# What people and CI call. Everything is built and installed by name; nothing is downloaded by hand.

# What the program needs to build and run, then what the tests need besides.
PACKAGES = libjq-dev libre2-dev libsimdjson-dev libsqlite3-dev nginx pkg-config spawn-fcgi curl openssl prometheus

.PHONY: build run stop test test-tsan test-asan lint bench bench-kubernetes bench-scale bench-micro bench-profile \
    bench-timing faults soak fuzz dependencies install uninstall generated deb test-packaging test-pages clean

# A release with Swift's own libraries inside, so that it runs where no Swift is installed.
build: dependencies
	swift build -c release --static-swift-stdlib --product webhook-fcgi

# Starts nginx on 127.0.0.1:8080 and the responder, and posts a sample push. `make stop` ends both.
run: build
	Examples/run.sh start

stop:
	Examples/run.sh stop

# What failed, if anything, stands at the end once more: each failure and each test, without what passed around them. A
# pipe's status is its last command's, so that of the tests takes the way through a file. The tests run the program as it is
# built for them; what optimisation does to it is seen where the release takes its place.
RELEASE_TESTS = IntegrationTests.(Catalogue|Resync|Explain|Outbox|Delivery)

test: build
	@rm -f .build/test.status
	{ { swift test 2>&1 && WEBHOOK_FCGI_TESTED=$(CURDIR)/.build/release/webhook-fcgi \
	    swift test --skip-build --filter '$(RELEASE_TESTS)' 2>&1; }; echo $$? > .build/test.status; } | tee .build/test.log
	@status=$$(cat .build/test.status); \
	[ "$$status" -eq 0 ] || { printf '\nfailed:\n'; \
	    awk '/^(✘|error:)/ { failed = 1 } /^(✔|◇)/ { failed = 0 } failed' .build/test.log; }; \
	exit "$$status"

# The tests under ThreadSanitizer or AddressSanitizer, the program that they run included. Each has a build of its own,
# which takes a quarter of an hour the first time.
test-tsan: SANITIZER = thread
test-asan: SANITIZER = address

test-tsan test-asan: build
	swift test --sanitize=$(SANITIZER) --scratch-path .build/$(@:test-%=%)

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift Benchmarks Fuzz

# Everybody behind the same nginx: limits in C with libfcgi, this program, php-fpm, webhook. Some 15 minutes; the tables go to
# Benchmarks/results and the README. ROUNDS=1 DURATION=2 for a glance; BENCH_SIZES=1 also builds the dynamically
# linked program and says what the other consists of; CALLGRIND=1 also counts instructions and allocations. Each of the
# two takes some minutes more. The Kubernetes sink takes part where `make test` has left a kube-apiserver.
ROUNDS = 3
DURATION = 3
BENCH_SIZES = 0
CALLGRIND = 0

bench: PACKAGES += gcc libfcgi-dev php-fpm python3 webhook wrk $(if $(filter 1,$(CALLGRIND)),valgrind)
bench: build
	ROUNDS=$(ROUNDS) DURATION=$(DURATION) BENCH_SIZES=$(BENCH_SIZES) CALLGRIND=$(CALLGRIND) \
	    python3 -B Benchmarks/Load/bench.py

# The Kubernetes sink before an API server that is slow, away, and back again: latency, memory, and how fast it
# catches up. Some 4 minutes; the tables go to Benchmarks/results.
PENDING = 100000

bench-kubernetes: DURATION = 10
bench-kubernetes: PACKAGES += openssl python3 wrk
bench-kubernetes: build
	DURATION=$(DURATION) PENDING=$(PENDING) python3 -B Benchmarks/Load/bench_kubernetes.py

# Runs a program that prints tables, which go to Benchmarks/results with the machine they are of.
TABLES = python3 -B Benchmarks/Load/tables.py

# What 100,000 Warehouses cost. Needs 200 MB in /tmp for a minute.
bench-scale: PACKAGES += python3
bench-scale: dependencies
	swift build -c release --static-swift-stdlib --product ScaleBenchmark
	@$(TABLES) scale 'What 100,000 Warehouses cost' .build/release/ScaleBenchmark

# Whether anything that was acknowledged is lost while the program is killed, its disk is full, nginx restarts, and so
# on. Some 15 minutes; FAULTS="kill full" for some of them. The table goes to Benchmarks/results and the README.
KILLS = 1000
FAULTS =

faults: PACKAGES += e2fsprogs gcc openssl python3
faults: build
	KILLS=$(KILLS) FAULTS="$(FAULTS)" python3 -B Benchmarks/Faults/faults.py

# Mixed traffic for a long time; fails when memory, open descriptors or latency grow.
SOAK_MINUTES = 30

soak: PACKAGES += python3
soak: build
	SOAK_MINUTES=$(SOAK_MINUTES) python3 -B Benchmarks/Faults/soak.py

# Whether the time that refusing a wrong secret takes tells how near it was: tables, and an error if it does.
SAMPLES = 100000

bench-timing: PACKAGES += python3
bench-timing: dependencies
	swift build -c release --static-swift-stdlib --product TimingBenchmark
	@$(TABLES) timing 'What the time of a refusal tells' .build/release/TimingBenchmark $(SAMPLES)

# What the parts of a delivery cost by themselves. The first build takes minutes.
bench-micro: PACKAGES += python3
bench-micro: dependencies
	@$(TABLES) micro 'What the parts of a delivery cost' swift package --package-path Benchmarks/Micro benchmark \
	    --no-progress --grouping metric --format markdown

# Where the CPU of a delivery goes, by stage and by function, as perf sees it; the tables go to Benchmarks/results.
# Needs root, or kernel.perf_event_paranoid of 1. libc6-dbg has the names of what malloc calls.
bench-profile: DURATION = 10
bench-profile: PACKAGES += libc6-dbg linux-perf python3 wrk
bench-profile: build
	DURATION=$(DURATION) python3 -B Benchmarks/Load/bench_profile.py

# Looks for texts that break a property, and then for FastCGI records that harm the running program, for FUZZ_SECONDS
# in all. What it finds is in run/fuzz, or has the seed that is printed; a crash ends it. The table goes to
# Benchmarks/results.
FUZZ_SECONDS = 3600
FUZZ_TARGETS = repository version constraint regularExpression glob path manifests harbor azure dockerhub catalogue request
FUZZ_FLAGS = -timeout=10 -report_slow_units=5 -max_len=2048 -dict=Fuzz/json.dict

fuzz: PACKAGES += python3
fuzz: dependencies
	swift build --package-path Fuzz -c release --sanitize=fuzzer \
	    -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing
	@FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_TARGETS="$(FUZZ_TARGETS)" FUZZ_FLAGS="$(FUZZ_FLAGS)" python3 -B Fuzz/fuzz.py

# Installs what is missing, and asks for root only then. Of prometheus only promtool is needed: where there is a systemd
# that would start the rest of it, it is masked until it is installed, and does not start with the machine.
dependencies:
	@missing=; for package in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}\n' $$package 2>/dev/null | grep -q '^install ok installed' \
	        || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] || { sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	    echo "installing$$missing"; \
	    case "$$missing " in *" prometheus "*) masked=prometheus.service ;; *) masked= ;; esac; \
	    [ -d /run/systemd/system ] || masked=; \
	    [ -z "$$masked" ] || $$sudo systemctl mask --quiet $$masked; \
	    $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends $$missing; status=$$?; \
	    [ -z "$$masked" ] || { $$sudo systemctl unmask --quiet $$masked; $$sudo systemctl disable --quiet $$masked; }; \
	    exit $$status; }

# The program under PREFIX with all that belongs to it. `make build` comes first, by whoever has Swift; `install` needs
# nothing but Python, and the rights. What somebody has changed in SYSCONFDIR stays. DESTDIR is for packages.
PREFIX = /usr/local
SYSCONFDIR = /etc
BINDIR = $(PREFIX)/bin
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
DOCDIR = $(PREFIX)/share/doc/webhook-fcgi
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
UNITDIR = $(PREFIX)/lib/systemd/system
SYSUSERSDIR = $(PREFIX)/lib/sysusers.d
NGINX_GROUP = www-data

PROGRAM = .build/release/webhook-fcgi
GENERATED = .build/generated
PLACES = PREFIX SYSCONFDIR BINDIR SBINDIR MANDIR DOCDIR BASHDIR ZSHDIR FISHDIR UNITDIR SYSUSERSDIR NGINX_GROUP \
    DESTDIR PROGRAM GENERATED

install: generated
	@$(foreach place,$(PLACES),$(place)='$($(place))') packaging/install.sh install

uninstall:
	@$(foreach place,$(PLACES),$(place)='$($(place))') packaging/install.sh uninstall

# What the program tells about itself: the manual page and the shells' completions.
generated: $(addprefix $(GENERATED)/webhook-fcgi.,1 bash zsh fish)

$(GENERATED)/webhook-fcgi.1: $(PROGRAM) packaging/manual.py README.md CHANGELOG.md
	@mkdir -p $(@D)
	$(PROGRAM) --experimental-dump-help > $(GENERATED)/help.json
	python3 -B packaging/manual.py README.md CHANGELOG.md < $(GENERATED)/help.json > $@.new && mv $@.new $@

$(GENERATED)/webhook-fcgi.%: $(PROGRAM)
	@mkdir -p $(@D)
	$(PROGRAM) --generate-completion-script $* > $@.new
	@# bash reads its file and does not start it.
	sed '1{/^#!.*bash/d}' $@.new > $@ && rm $@.new

$(PROGRAM):
	@echo 'there is no program yet: run `make build` first' >&2; exit 1

# A Debian package in .build/deb, by debhelper from what `make install` installs.
deb: PACKAGES += debhelper dpkg-dev fakeroot lintian python3
deb: build
	packaging/deb.sh

# What is installed and packaged: in namespaces of their own over a throw-away copy of this machine's files, so root is
# needed and nothing here changes.
test-packaging: PACKAGES += logrotate man-db mandoc systemd
test-packaging: deb
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; $$sudo python3 -B Tests/Packaging/run.py $(TESTS)

# The status page in Chromium, without scripts, in the light and in the dark, on a phone; some 15 seconds. What it sees is in
# run/pages; `make test-pages SCREENSHOTS=docs` makes the README's pictures.
SCREENSHOTS = run/pages

test-pages: PACKAGES += chromium fonts-liberation python3
test-pages: build
	SCREENSHOTS=$(SCREENSHOTS) python3 -B Tests/Pages/run.py

clean: stop
	rm -rf .build run
