"""Is this process alive, and can Ticketz do its work? For load balancers and monitoring.

Outsiders read one word. Who is signed in as an operator also reads which part it is about.
"""

from collections.abc import Callable
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from companies.gates import public
from companies.second_factor import may_act_as_operator


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
    if results["database"] and may_act_as_operator(request):
        answer |= {"checks": results, "gateways": _gateways()}
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
    """Whether each enabled gateway was read completely not long ago, and none is paused."""
    return all(gateway["state"] == "fresh" for gateway in _gateways())


def _gateways() -> list[dict[str, object]]:
    """Each enabled gateway with its state and the age in seconds of its last complete reading (None: never read)."""
    from billing.freshness import age_of, state_of  # here, so that `healthz` answers whatever state billing is in
    from billing.models import WhmcsGateway

    now = timezone.now()
    found: list[dict[str, object]] = []
    for gateway in WhmcsGateway.objects.filter(is_enabled=True).order_by("name"):
        age = age_of(gateway, now)
        seconds = None if age is None else round(age.total_seconds())
        found.append({"name": gateway.name, "state": state_of(gateway, now).value, "age_seconds": seconds})
    return found
