# One image for all processes; which one it is, the command says:
#   web      gunicorn ticketz.wsgi --bind 0.0.0.0:8000      (the default)
#   worker   celery -A ticketz worker --concurrency 4
#   beat     celery -A ticketz beat --pidfile=
#   migrate  python manage.py migrate
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    VAR_DIR=/var/lib/ticketz

WORKDIR /srv/ticketz
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
RUN useradd --system --home-dir /var/lib/ticketz --create-home ticketz && python -m compileall -q . >/dev/null
USER ticketz
VOLUME /var/lib/ticketz
EXPOSE 8000
CMD ["gunicorn", "ticketz.wsgi", "--bind", "0.0.0.0:8000"]
