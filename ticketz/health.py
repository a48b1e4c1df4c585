"""Is this process alive, and can Ticketz do its work? For load balancers and monitoring.

Outsiders read one word. Who is signed in as an operator also reads which part it is about.
"""

from collections.abc import Callable
from datetime import timedelta
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from companies.gates import public

SYNC_IS_OLD_AFTER = timedelta(hours=1)


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and the last reading of each enabled gateway are fine, 503 otherwise."""
    checks = {"database": _database_answers, "broker": _broker_is_reachable, "sync": _sync_is_fresh}
    results = {name: _passes(check) for name, check in checks.items()}
    answer: dict[str, object] = {"status": "ok" if all(results.values()) else "degraded"}
    if results["database"] and request.user.is_active and request.user.is_staff:
        answer["checks"] = results
    return JsonResponse(answer, status=200 if all(results.values()) else 503)


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError, OSError):
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker_is_reachable() -> bool:
    if settings.REDIS_URL:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
            return bool(redis.ping())
    return access(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]), W_OK)


def _sync_is_fresh() -> bool:
    """Whether each enabled gateway was read completely within the last hour; one never read yet is not."""
    from billing.models import WhmcsGateway  # here, so that `healthz` answers whatever state billing is in

    gateways = WhmcsGateway.objects.filter(is_enabled=True)
    oldest_allowed = timezone.now() - SYNC_IS_OLD_AFTER
    return not gateways.exclude(confirmed_at__gte=oldest_allowed).exists()
