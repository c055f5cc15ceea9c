# The service as an image: one static binary, and nothing else.

#% block toolchain
# Its version is the one of rust-toolchain.toml; a test compares them.
#% endblock
ARG RUST_IMAGE=rust:1.95.0-slim-bookworm

FROM ${RUST_IMAGE} AS build
WORKDIR /src
# The C library is linked in. That needs an explicit target: without one the flag would also hold for the
# procedural macros, which have to be dynamic.
# Relocations are packed, which is a thirtieth of the binary. A linker that cannot says so and goes on.
ENV RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs"

# `otel` exports traces, and makes the image larger.
ARG FEATURES=""

#% block library
#% endblock
# The dependencies, with stubs in the place of our own code: a layer that a change of source leaves as it is.
COPY Cargo.toml Cargo.lock ./
#% block other_members
# cargo wants to see all members of the workspace.
COPY bin-lambda/Cargo.toml bin-lambda/
COPY ecs/Cargo.toml ecs/
RUN mkdir bin-lambda/src ecs/src \
    && touch ecs/src/lib.rs \
    && echo 'fn main() {}' > bin-lambda/src/main.rs \
    && echo 'fn main() {}' > ecs/src/main.rs
#% endblock
#% block program
COPY core/Cargo.toml core/
COPY bin-fargate/Cargo.toml bin-fargate/
RUN mkdir core/src bin-fargate/src \
    && touch core/src/lib.rs \
    && echo 'fn main() {}' > bin-fargate/src/main.rs \
    && cargo build --release --locked --package bin-fargate --features "${FEATURES}" --target "$(rustc --print host-tuple)"

COPY core/src core/src
COPY bin-fargate/src bin-fargate/src
# cargo goes by modification times, and those of a checkout may be older than the stubs'.
RUN find core/src bin-fargate/src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --package bin-fargate --features "${FEATURES}" --target "$(rustc --print host-tuple)" \
    && install -D target/*/release/bin-fargate /bin-fargate \
    && /bin-fargate contract > /contract.json

FROM scratch
COPY --from=build /bin-fargate /bin-fargate
# What the program needs to start, for `cargo ecs doctor`: a small layer of its own, which is read without the image.
COPY --from=build /contract.json /contract.json
LABEL dualrun.contract="/contract.json"
# By number, since an image without /etc/passwd has no names, and so that `runAsNonRoot` can be checked.
USER 65532:65532
#% endblock
#% block port
EXPOSE 8000
#% endblock
#% block start
# The image has neither a shell nor curl, so the binary asks itself. ECS goes by the task definition's own
# health check instead of this one.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/bin-fargate", "healthcheck"]
ENTRYPOINT ["/bin-fargate"]
#% endblock
#% block title
LABEL org.opencontainers.image.title="dualrun" \
      org.opencontainers.image.description="A tower service on ECS Fargate" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
#% endblock
# Last, so that a new commit leaves the layers above as they are.
ARG REVISION=unknown
LABEL org.opencontainers.image.revision="${REVISION}"
