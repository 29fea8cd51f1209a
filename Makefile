# SPDX-License-Identifier: Apache-2.0
#
# What people and CI call. Everything is built and installed by name; nothing is downloaded by hand.

# What the program needs to build and run, then what the tests need besides.
PACKAGES = libfcgi-dev libre2-dev nginx pkg-config spawn-fcgi curl openssl

.PHONY: build run stop test lint dependencies clean

# A release with Swift's own libraries inside, so that it runs where no Swift is installed.
build: dependencies
	swift build -c release --static-swift-stdlib --product webhook-fcgi

# Starts nginx on 127.0.0.1:8080 and the responder, and posts a sample push. `make stop` ends both.
run: build
	Examples/run.sh start

stop:
	Examples/run.sh stop

test: build
	swift test

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

# Installs what is missing, and asks for root only then.
dependencies:
	@missing=; for package in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}\n' $$package 2>/dev/null | grep -q '^install ok installed' \
	        || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] || { sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	    echo "installing$$missing"; \
	    $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; }

clean: stop
	rm -rf .build run
