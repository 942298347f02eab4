# Two stages: build with GDAL's headers, run with its library only. Non-root, one entry point.
FROM rust:1-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential libgdal-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /croplens
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY pipelines pipelines
# Targets that Cargo.toml names must exist, but are not built here.
COPY tests tests
COPY benches benches
RUN cargo build --locked --release --bin croplens

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libgdal32 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 65532 --no-create-home --shell /usr/sbin/nologin croplens
COPY --from=build /croplens/target/release/croplens /usr/local/bin/croplens
COPY pipelines /usr/share/croplens/pipelines
COPY sample_tiles /usr/share/croplens/sample_tiles
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["croplens"]
CMD ["--help"]
