"""The product's own Celery app with a clock that ticks each second, leases of seconds, and help for small imports."""

from typing import Any

from celery.signals import beat_init, worker_init

from ticketz.celery import app

__all__ = ["app"]

LEASE_SECONDS = 8
app.conf.beat_schedule = {"tick": {"task": "billing.tasks.tick", "schedule": 1.0, "options": {"expires": 10}}}


@worker_init.connect
@beat_init.connect
def hurry(**kwargs: Any) -> None:
    """Make rare what is rare only because people are slow."""
    from datetime import timedelta

    from billing import helping  # here, because the models are there only now
    from billing.runs import lease
    from billing.steps.newcomers import help_wanted, pipeline
    from billing.steps.run import batching, out_of_turn

    lease.LEASE = timedelta(seconds=LEASE_SECONDS)
    out_of_turn.SECONDS_BETWEEN_LOOKS = 0.2
    help_wanted.WORTH_HELP = 20
    helping.PART = 10
    batching.CHANGES_AT_A_TIME = 10
    pipeline.AT_A_TIME, pipeline.MOST_UNDER_WAY = 5, 10
