"""What goes wrong, and how it is put right again."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from redis import Redis

from sandbox import SandboxServer
from sandbox.faults.listings import LimitCapped
from sandbox.faults.replies import maintenance, server_error, too_many_requests
from tests.nemesis.cluster import WORKERS, Cluster

Undo = Callable[[], None]
ROWS_ON_A_PAGE = 10


@dataclass(slots=True)
class Nemesis:
    """One evil at a time, or two; each returns how to end it."""

    cluster: Cluster
    whmcs: SandboxServer
    redis: "Redis"
    dice: random.Random

    def strike(self) -> tuple[str, Undo]:
        """Do something evil; returns what, and what ends it."""
        evils = {
            "a worker is killed": (4, self._kill_worker),
            "a worker is frozen": (4, self._freeze_worker),
            "the clock is killed": (1, self._kill_beat),
            "there are two clocks": (1, self._second_beat),
            "Redis is flushed": (2, self._flush_redis),
            "all connections to the database are cut": (3, self._cut_connections),
            "WHMCS is down": (3, self._whmcs_down),
            "all workers are killed": (1, self._kill_workers),
        }
        name = self.dice.choices(list(evils), [weight for weight, _ in evils.values()])[0]
        return name, evils[name][1]()

    def _kill_worker(self) -> Undo:
        name = self.dice.choice(WORKERS)
        self.cluster.kill(name)
        return lambda: self.cluster.start(name)

    def _kill_workers(self) -> Undo:
        for name in WORKERS:
            self.cluster.kill(name)
        return self.cluster.start_all

    def _freeze_worker(self) -> Undo:
        name = self.dice.choice(WORKERS)
        self.cluster.freeze(name)
        return lambda: self.cluster.thaw(name)

    def _kill_beat(self) -> Undo:
        self.cluster.kill("beat")
        return lambda: self.cluster.start("beat")

    def _second_beat(self) -> Undo:
        self.cluster.start("second beat")
        return lambda: self.cluster.kill("second beat")

    def _flush_redis(self) -> Undo:
        self.redis.flushdb()
        return lambda: None

    def _cut_connections(self) -> Undo:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return lambda: None

    def _whmcs_down(self) -> Undo:
        self.whmcs.faults.always(self.dice.choice([server_error(), maintenance(), too_many_requests()]))
        return self.heal_whmcs

    def heal_whmcs(self) -> None:
        """Have it answer, on short pages, so that some hundred services are a long list."""
        self.whmcs.faults.clear()
        self.whmcs.faults.always(LimitCapped(ROWS_ON_A_PAGE), "GetClientsProducts")
