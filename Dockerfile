# One image for all processes; which one it is, the command says:
#   web      gunicorn ticketz.wsgi                          (the default; listens on PORT)
#   worker   celery -A ticketz worker --concurrency 4
#   beat     celery -A ticketz beat --pidfile=
#   migrate  python manage.py migrate
# Its root file system may be read-only: only VAR_DIR, /tmp and /dev/shm are written to.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /build/
RUN python -m venv /opt/ticketz && /opt/ticketz/bin/pip install --quiet -r /build/requirements.txt
COPY . /srv/ticketz/
RUN /opt/ticketz/bin/python -m compileall -q -j 0 /srv/ticketz

FROM python:3.11-slim
# pg_dump and pg_restore, for `manage.py backup` and `manage.py restore`.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 ticketz \
    && useradd --uid 10001 --gid ticketz --no-create-home --home-dir /var/lib/ticketz --shell /usr/sbin/nologin ticketz \
    && install -d -o ticketz -g ticketz -m 0700 /var/lib/ticketz
COPY --from=build /opt/ticketz /opt/ticketz
COPY --from=build /srv/ticketz /srv/ticketz
ENV PATH=/opt/ticketz/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/ticketz PORT=8000
WORKDIR /srv/ticketz
USER 10001:10001
VOLUME /var/lib/ticketz
EXPOSE 8000
# For the web server; compose.yaml asks the worker and the clock in the same way.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-P", "ticketz/alive.py", "web"]
CMD ["gunicorn", "ticketz.wsgi"]
