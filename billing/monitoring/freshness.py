"""The freshness of a gateway's data: how old it is, and how old it may be."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from billing.models import SyncRun, WhmcsGateway
from billing.wording.moments import moment
from companies.standings.facts import confirmed_by

OLD_AFTER = timedelta(hours=1)
OLD_AFTER_INTERVALS = 3
# Older failures are not part of the current trouble: the gateway was disabled since, or the clock did not run.
LOOKS_BACK = timedelta(days=1)


class State(StrEnum):
    """The state of a gateway's data."""

    FRESH = "fresh"
    OLD = "old"
    NEVER_READ = "never_read"
    SILENT = "silent"
    PAUSED = "paused"
    RESUMED = "resumed"


def allowed_age(gateway: WhmcsGateway) -> timedelta:
    """How old the last complete reading may be."""
    return max(OLD_AFTER, OLD_AFTER_INTERVALS * timedelta(seconds=gateway.interval_seconds))


def age_of(gateway: WhmcsGateway, now: datetime) -> timedelta | None:
    """The age of the last complete reading; None if there was none."""
    confirmed_at = confirmed_by(gateway, now=now)
    return None if confirmed_at is None else max(now - confirmed_at, timedelta(0))


def state_of(gateway: WhmcsGateway, now: datetime) -> State:
    """The state at `now`. Everything but FRESH deserves attention."""
    age = age_of(gateway, now)
    if gateway.paused_at is not None:
        return State.PAUSED if gateway.resumed_at is None else State.RESUMED
    if age is not None and age <= allowed_age(gateway):
        return State.FRESH
    if gateway.silent_since is not None:
        return State.SILENT
    return State.NEVER_READ if age is None else State.OLD


def unread_since(gateway: WhmcsGateway, now: datetime) -> datetime | None:
    """Since when reading fails, if that is longer than allowed; else None.

    It is counted from the first attempt that led to nothing, so that a gateway that was just added, switched on or told
    to go on has its time to be read.
    """
    if state_of(gateway, now) is State.FRESH:
        return None
    first = _attempts(gateway, now).order_by("started_at").values_list("started_at", flat=True).first()
    return first if first is not None and now - first > allowed_age(gateway) else None


def describe(gateway: WhmcsGateway, now: datetime) -> str:
    """Age and state in the active language, for an operator."""
    age = age_of(gateway, now)
    read = _("never read") if age is None else _("read %(time)s ago") % {"time": written_age(age, now)}
    state = state_of(gateway, now)
    if state in {State.FRESH, State.NEVER_READ}:
        return read
    return f"{read}; {_standing(gateway, state)}"


def written_age(age: timedelta, now: datetime) -> str:
    """An age in words, in the active language, never "0 minutes"."""
    return timesince(now - age, now) if age >= timedelta(minutes=1) else _("less than a minute")


def _standing(gateway: WhmcsGateway, state: State) -> str:
    if state is State.PAUSED:
        words = {"since": _written(gateway.paused_at), "reason": _(gateway.pause_reason or "–")}
        return _("paused since %(since)s: %(reason)s") % words
    if state is State.RESUMED:
        return _("no longer paused, but not read completely since then")
    if state is State.SILENT:
        return _("silent since %(since)s") % {"since": _written(gateway.silent_since)}
    return _("that is old")


def _written(when: datetime | None) -> str:
    return moment(when.isoformat() if when else "")


def _attempts(gateway: WhmcsGateway, now: datetime) -> QuerySet[SyncRun]:
    """The runs since the last complete reading, or since an operator resumed the gateway."""
    since = now - max(LOOKS_BACK, 2 * allowed_age(gateway))
    bounds = [when for when in (confirmed_by(gateway, now=now), gateway.resumed_at) if when is not None]
    return SyncRun.objects.filter(gateway=gateway, started_at__gt=max([since, *bounds]), started_at__lte=now)
