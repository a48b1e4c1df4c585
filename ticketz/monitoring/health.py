"""Liveness and readiness, for load balancers and monitoring.

Outsiders read one word. Whoever shows the token, or is signed in as an operator, also reads which part it is about.
"""

from concurrent.futures import Future, wait
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import RedisError

from companies.authorization.gates import public
from ticketz.monitoring import broker, tables
from ticketz.monitoring.shared import Shared
from ticketz.monitoring.visitors import may_read_details, shows_token

# A load balancer gives up after about this time.
PATIENCE = 3.0
Gateway = dict[str, object]
T = TypeVar("T")


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers. Checks nothing else."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if database, tables, broker and the last reading of each enabled gateway are fine, else 503.

    What hangs is not fine: the answer comes within some seconds whatever happens to the others.
    """
    asked: list[Future[Any]] = [_gateways.ask(), _broker.ask(), _tables.ask(), _backup.ask()]
    wait(asked, timeout=PATIENCE)
    gateways, broker_answers = _found(asked[0]), _found(asked[1])
    checks = {
        "database": gateways is not None,
        "broker": bool(broker_answers),
        "migrations": _found(asked[2]) is not False,  # a database that does not answer is told above
        "sync": gateways is not None and all(gateway["state"] == "fresh" for gateway in gateways),
    }
    answer: dict[str, object] = {"status": "ok" if all(checks.values()) else "degraded"}
    if gateways is not None and may_read_details(request):
        answer |= {"checks": checks, "gateways": gateways, "backup_age_seconds": _found(asked[3])}
    elif gateways is None and shows_token(request):
        answer |= {"checks": checks}
    return JsonResponse(answer, status=200 if all(checks.values()) else 503)


def _found(answer: Future[T]) -> T | None:
    """The answer; None if there is none (yet)."""
    try:
        return answer.result(0)
    except (DatabaseError, RedisError, OSError):  # TimeoutError is an OSError
        return None


def load_gateways() -> list[Gateway]:
    """Each enabled gateway with its state, and the age of its last complete reading in seconds (None: never read)."""
    from billing.models import WhmcsGateway
    from billing.monitoring.freshness import (  # here, so that `healthz` answers whatever state billing is in
        age_of,
        state_of,
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    now = timezone.now()
    found: list[Gateway] = []
    for gateway in WhmcsGateway.objects.filter(is_enabled=True).order_by("name"):
        age = age_of(gateway, now)
        seconds = None if age is None else round(age.total_seconds())
        found.append({"name": gateway.name, "state": state_of(gateway, now).value, "age_seconds": seconds})
    return found


def load_backup_age() -> int | None:
    """The age of the last backup in seconds; None if none was ever made."""
    from ticketz.backups.noted import load_age  # as above

    age = load_age(timezone.now())
    return None if age is None else round(age)


_gateways = Shared(load_gateways)
_broker = Shared(broker.is_reachable)
_tables = Shared(tables.are_migrated)
_backup = Shared(load_backup_age)
