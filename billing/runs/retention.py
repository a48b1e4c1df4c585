"""How long runs are kept."""

from datetime import datetime, timedelta

from billing.models import SyncRun

RUNS_ARE_KEPT = timedelta(days=90)
HOOK_RUNS_ARE_KEPT = timedelta(days=1)


def forget_old_runs(now: datetime) -> None:
    """Delete old runs. What they did to a company stays in its story.

    Runs started by WHMCS's hook that found nothing go sooner: each call of the hook causes up to four of them.
    """
    old = SyncRun.objects.filter(started_at__lt=now - RUNS_ARE_KEPT).order_by("pk").values_list("pk", flat=True)
    quiet = SyncRun.objects.filter(trigger=SyncRun.Trigger.HOOK, started_at__lt=now - HOOK_RUNS_ARE_KEPT)
    quiet = quiet.filter(outcome=SyncRun.Outcome.COMPLETE, created=0, changed=0).order_by("started_at")
    SyncRun.objects.filter(pk__in=[*old[:500], *quiet.values_list("pk", flat=True)[:500]]).delete()
