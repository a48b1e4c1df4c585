"""Two workers and a clock on PostgreSQL and Redis, kills, freezes and cuts: nobody who pays is ever locked out.

`make nemesis MINUTES=10` plays for longer; `NEMESIS_SEED` throws the dice again.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from billing.models import WhmcsGateway
from sandbox import SandboxServer, Shop
from tests.nemesis.cluster import Cluster
from tests.nemesis.evil import Nemesis
from tests.nemesis.play import Play
from tests.nemesis.truth import PASSWORD, Truth
from tests.nemesis.watch import Watch
from tests.proofs.stores import ON_SQLITE
from tests.proofs.story import make_gateway

SECONDS = float(os.environ.get("NEMESIS_SECONDS", "40"))
REDIS_URL = os.environ.get("NEMESIS_REDIS_URL") or "redis://127.0.0.1:6379/14"
LONGER_THAN_A_PLAY = int(SECONDS) + 600


@pytest.fixture
def redis() -> Iterator["Redis"]:
    """A Redis number for the play alone: it is emptied in it."""
    with Redis.from_url(REDIS_URL) as redis:
        if not redis.set("nemesis", "1", nx=True, ex=LONGER_THAN_A_PLAY):
            pytest.fail("Another play is on at this Redis number. Name another one with NEMESIS_REDIS_URL.")
        yield redis
        redis.flushdb()


@pytest.fixture
def cluster(transactional_db: None, redis: "Redis", tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(_environment(tmp_path), tmp_path)
    yield cluster
    cluster.kill_all()


@pytest.mark.skipif(ON_SQLITE or not settings.REDIS_URL, reason="several machines need PostgreSQL and Redis")
def test_whatever_happens_to_the_machines_nobody_who_pays_is_locked_out(
    cluster: Cluster, redis: "Redis", tmp_path: Path
) -> None:
    dice = random.Random(os.environ.get("NEMESIS_SEED", "0"))  # noqa: S311 - not a secret
    with SandboxServer(shop=Shop()) as whmcs:
        make_gateway(whmcs)
        # Whether many losses wait for a yes is another play's question.
        WhmcsGateway.objects.update(interval_seconds=2, mass_change_count=100_000)
        truth = Truth(whmcs.shop, dice)
        play = Play(truth, Watch(truth), Nemesis(cluster, whmcs, redis, dice), dice, print)
        play.run(SECONDS)
    cluster.kill_all()
    assert "Task billing.tasks.help_import" in cluster.logs()
    assert PASSWORD not in cluster.logs()
    assert all(PASSWORD.encode() not in value for value in redis.lrange("celery", 0, -1))


def _environment(folder: Path) -> dict[str, str]:
    """This test run's own settings, for processes that are none of it."""
    database = connection.settings_dict
    host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ticketz.settings",
        "DATABASE_URL": f"postgres://{host}/{database['NAME']}",
        "REDIS_URL": REDIS_URL,
        "VAR_DIR": str(folder / "var"),
        "EMAIL_URL": "",
        "LOG_LEVEL": "INFO",
    }
