# SPDX-License-Identifier: Apache-2.0
#
# The image for deploy/kubernetes: `docker build -t REGISTRY/webhook-fcgi:VERSION .`

FROM swift:6.3.1-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libjq-dev libre2-dev libsimdjson-dev libsqlite3-dev pkg-config
WORKDIR /source
# The dependencies first: they change less often than the sources.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
# What Package.swift names has to be there, though nothing of it is built.
COPY Benchmarks Benchmarks
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product webhook-fcgi \
    && strip -o /webhook-fcgi .build/release/webhook-fcgi

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libgcc-s1 libjq1 libre2-9 libsimdjson14 libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache
COPY --from=build /webhook-fcgi /usr/bin/webhook-fcgi
# Nobody's number but its own, and deploy/kubernetes' too. Nothing is written but /run/webhook-fcgi and
# /var/lib/webhook-fcgi, which are volumes there, so that the root can be read-only.
USER 65532:65532
ENTRYPOINT ["webhook-fcgi"]
CMD ["serve", "--listen", "unix:/run/webhook-fcgi/webhook-fcgi.sock"]
