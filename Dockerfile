# syntax=docker/dockerfile:1

# What the engine needs, from the lock: the same versions and hashes everywhere.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/shopbell
COPY requirements.lock /tmp/requirements.lock
RUN /opt/shopbell/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.lock
# For a PostgreSQL beside it: of the tests' lock only what speaks to that.
COPY requirements-dev.lock /tmp/requirements-dev.lock
RUN awk '/^[^ ]/ { wanted = /^asyncpg==/ } wanted' /tmp/requirements-dev.lock > /tmp/postgresql.lock \
 && /opt/shopbell/bin/pip install --require-hashes --only-binary :all: -r /tmp/postgresql.lock

# The engine with its hot path compiled, as in every checkout where there is a compiler.
FROM packages AS compiled
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY requirements-compile.lock /tmp/requirements-compile.lock
RUN /opt/shopbell/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements-compile.lock
COPY engine /src/engine
COPY js-snippet/dist /src/js-snippet/dist
COPY rules /src/rules
COPY tools/compile_engine.py /src/tools/compile_engine.py
RUN /opt/shopbell/bin/python /src/tools/compile_engine.py /compiled

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Shopbell" \
      org.opencontainers.image.description="A self-hosted, real-time on-site behaviour engine for online shops" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --system --gid 10001 shopbell \
 && useradd --system --uid 10001 --gid shopbell --home-dir /data --no-create-home --shell /usr/sbin/nologin shopbell \
 && install -d -o shopbell -g shopbell -m 0700 /data /archive

# /archive is for an archive in a volume of its own: a new volume is whose the folder is that it is mounted on.
COPY --from=packages /opt/shopbell /opt/shopbell
COPY --from=compiled /compiled/engine /app/engine
COPY --from=compiled /compiled/*.so /app/
COPY js-snippet/dist /app/js-snippet/dist
COPY rules /app/rules
RUN /opt/shopbell/bin/python -m compileall -q /app/engine

ENV PATH=/opt/shopbell/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SHOPBELL_HOST=0.0.0.0 \
    SHOPBELL_PORT=8000 \
    SHOPBELL_DATA=/data \
    SHOPBELL_RULES=/app/rules/playbook

# Outside /app, so that `python -m engine` never finds another package of that name in a mounted folder.
WORKDIR /data
USER shopbell
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"SHOPBELL_PORT\"]}/healthz', timeout=2)"]

ENTRYPOINT ["python", "-m", "engine"]
CMD ["serve"]
