# syntax=docker/dockerfile:1
# One image for every service and one-shot task of docker-compose.yml; the command says which one it is.
#   docker build -t quotewire .        docker run --rm -i quotewire annotate - < article.txt
FROM python:3.11-slim-bookworm AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONUNBUFFERED=1

# Only what the services need: no tests, no local Kafka, Java or PostgreSQL. It seldom changes, so it comes first.
FROM base AS dependencies
COPY requirements-services.lock /src/
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv --without-pip /opt/quotewire \
 && python -m pip --python /opt/quotewire/bin/python install \
      --require-hashes --no-deps --only-binary=:all: -r /src/requirements-services.lock

# Our own wheels. Their build tools are pinned by hash too, by these lines of the project's lock.
FROM base AS wheels
WORKDIR /src
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    awk '/^[a-z]/ { keep = /^(hatchling|packaging|pathspec|pluggy|trove-classifiers)==/ } keep' requirements.lock > build.lock \
 && python -m venv --without-pip /opt/build \
 && python -m pip --python /opt/build/bin/python install --require-hashes --no-deps -r build.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY models/en_wire models/en_wire
COPY services services
COPY cli cli
RUN python -m pip --python /opt/build/bin/python wheel --no-build-isolation --no-deps --wheel-dir /wheels \
      ./schemas ./models/en_wire .

FROM base
# A fixed number, so that volumes and orchestrators can name the user.
RUN groupadd --gid 10001 quotewire \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/quotewire --shell /usr/sbin/nologin quotewire \
 && install -d -o 10001 -g 10001 /var/lib/quotewire
COPY --from=dependencies /opt/quotewire /opt/quotewire
# Bytecode is written here, as pip does: at run time the file system is read-only.
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    python -m pip --python /opt/quotewire/bin/python install --no-deps --no-index /wheels/*.whl
COPY ops/container/probe.py /opt/quotewire/probe.py
ENV PATH=/opt/quotewire/bin:$PATH QUOTEWIRE_HTTP__HOST=0.0.0.0 QUOTEWIRE_LOG__FORMAT=json ORT_DISABLE_TELEMETRY=1
ARG REVISION=""
LABEL org.opencontainers.image.title="quotewire" \
      org.opencontainers.image.description="Turns the news into a stream of who said what" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="$REVISION"
USER 10001:10001
WORKDIR /var/lib/quotewire
EXPOSE 9400
ENTRYPOINT ["quotewire"]
CMD ["--help"]
