# The server and its command line. Build: docker build -t careergraph .

FROM node:20-slim AS explorer
WORKDIR /explorer
COPY explorer/.npmrc explorer/package.json explorer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY explorer/ ./
RUN node build.mjs

FROM python:3.11-slim-bookworm AS packages
COPY requirements.lock /
# From wheels alone: the image needs no compiler, and nothing runs at its installation. The server needs no pip.
RUN python -m venv --without-pip /opt/venv \
  && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.lock

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for `backup` and `restore`; of the version of the server in compose.yaml.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends postgresql-client \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 10001 careergraph \
  && useradd --system --uid 10001 --gid careergraph --home-dir /data --no-create-home --shell /usr/sbin/nologin careergraph \
  && install -d -o careergraph -g careergraph -m 0700 /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY auth/ auth/
COPY cli/ cli/
COPY models/ models/
COPY resolvers/ resolvers/
COPY rest_compat/ rest_compat/
COPY schema/ schema/
COPY watching/ watching/
COPY locale/ locale/
COPY server.py serving.py workers.py ./
COPY --from=explorer /explorer/dist/ explorer/dist/
# Compiled now: the process that runs may not write here.
RUN /opt/venv/bin/python -m compileall -q .
ENV PATH="/opt/venv/bin:$PATH" \
  PYTHONUNBUFFERED=1 \
  ENVIRONMENT=production \
  HOST=0.0.0.0 \
  PORT=8070 \
  DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8070
STOPSIGNAL SIGTERM
# Whether the process answers: a database that is away is no reason to replace it (/readyz says that).
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["python", "server.py"]
