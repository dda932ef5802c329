# One image; the command word picks the role: serve, worker, all, migrate.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/rowstream
WORKDIR /src
# The locked dependencies first: this layer changes only when the lock does.
COPY requirements.txt ./
RUN /opt/rowstream/bin/pip install --require-hashes -r requirements.txt
# Google's client ships the description of every API there is, 90 MB of them; two are used.
RUN find /opt/rowstream/lib -path '*/discovery_cache/documents/*' \
    ! -name sheets.v4.json ! -name drive.v3.json ! -name index.json -type f -delete
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY cards cards
COPY addon_manifest addon_manifest
# The local world signs its own tokens; a deployment does not carry it.
RUN rm -rf service/sandbox \
 && /opt/rowstream/bin/pip install --no-deps . \
 && /opt/rowstream/bin/python -m compileall -q /opt/rowstream/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home rowstream
COPY --from=build /opt/rowstream /opt/rowstream
ENV PATH=/opt/rowstream/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ROWSTREAM_HOST=0.0.0.0 PORT=8080
USER rowstream
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The worker answers on the port too, with its metrics.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["rowstream"]
CMD ["all"]
