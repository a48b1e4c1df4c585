"""The progress and the outcome of a run, in words."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.models import SyncRun
from billing.runs.lease import is_held
from companies.wording.numbers import grouped

Outcome = SyncRun.Outcome
SOON = timedelta(minutes=1)
_AFTER_THE_LIST = {"absent", "refresh", "confirm"}

PHASES: dict[str, Promise] = {
    "fetch": gettext_lazy("Reading the list from WHMCS"),
    "read": gettext_lazy("Comparing it with what stands here"),
    "identity": gettext_lazy("Checking that it is the same WHMCS"),
    "decide": gettext_lazy("Deciding"),
    "prepare": gettext_lazy("Reading new clients and their first passwords"),
    "write": gettext_lazy("Writing what has changed"),
    "absent": gettext_lazy("Asking for services that the list did not hold"),
    "refresh": gettext_lazy("Following names and contact addresses"),
    "confirm": gettext_lazy("Reading a second time what would take access away"),
}

_MEANING: dict[str, Promise] = {
    Outcome.RUNNING: gettext_lazy("It is reading just now."),
    Outcome.COMPLETE: gettext_lazy("Everything was read, and everything here is as WHMCS says."),
    Outcome.PARTIAL: gettext_lazy(
        "Something could not be read or done. The good news was applied; nobody loses access because of what is "
        "missing."
    ),
    Outcome.HELD: gettext_lazy("Something waits for you and was not done. All the rest was."),
    Outcome.FAILED: gettext_lazy("The reading did not finish. Nobody loses access because of that."),
    Outcome.LOST: gettext_lazy(
        "It was ended from outside before it came to its end. What it had done stands; the next run does the rest."
    ),
}
_DIED = gettext_lazy(
    "Whoever was running it is gone: the worker was stopped or killed. What was done stands, and the next run does the "
    "rest."
)


class Progress(NamedTuple):
    """`share` is the percentage done, `left` an estimate of the remaining seconds. Each is None if unknown."""

    is_running: bool
    share: int | None
    text: str
    left: int | None = None


def has_died(run: SyncRun, now: datetime) -> bool:
    """Whether the run is marked as running but nobody runs it any more."""
    return run.outcome == Outcome.RUNNING and not is_held(run.gateway, now)


def meaning(run: SyncRun, now: datetime) -> str:
    """The meaning of its outcome, in a sentence."""
    return str(_DIED if has_died(run, now) else _MEANING[run.outcome])


def phase_word(name: str) -> str:
    """The name of a phase in the reader's language. A phase that this version does not know keeps its code."""
    return str(PHASES.get(name, name))


def progress_of(run: SyncRun, now: datetime) -> Progress:
    """The progress at `now`."""
    if run.outcome != Outcome.RUNNING or has_died(run, now):
        return Progress(is_running=False, share=None, text=meaning(run, now))
    return progress_as_told(run)


def progress_as_told(run: SyncRun) -> Progress:
    """The progress for the run itself, which is alive and need not check its lease."""
    if run.progress_at is None:
        return Progress(is_running=True, share=None, text=_("It has just begun."))
    if run.phase in _AFTER_THE_LIST or not run.expected:
        return Progress(is_running=True, share=None, text=f"{_so_far(run)} {phase_word(run.phase)} …")
    left = seconds_left(run)
    text = " ".join(part for part in (_so_far(run), _in_words(left, _seconds_at_most(run))) if part)
    return Progress(is_running=True, share=min(100, 100 * _place(run) // run.expected), text=text, left=left)


def seconds_left(run: SyncRun) -> int | None:
    """An estimate for the rest of the list, by its latest pace; None if unknown."""
    if not run.pace or not run.expected or not 0 < run.done < run.expected:
        return None
    return round((run.expected - run.done) / run.pace)


def _seconds_at_most(run: SyncRun) -> int:
    """The same by the pace of the whole run: the first minutes of it may have been the fast ones, or the slow ones."""
    if run.progress_at is None or not run.expected or not run.done:
        return 0
    return round((run.expected - run.done) * (run.progress_at - run.started_at).total_seconds() / run.done)


def duration_of(run: SyncRun) -> timedelta | None:
    """The duration of the run; None while it runs."""
    return run.finished_at - run.started_at if run.finished_at else None


def _place(run: SyncRun) -> int:
    """The position in the list: services done or, while everything is read before anything is done, services read."""
    return run.done or run.seen


def _so_far(run: SyncRun) -> str:
    if run.expected is None:
        text = ngettext("%(seen)s service read.", "%(seen)s services read.", run.seen)
    elif run.done:
        text = ngettext(
            "%(seen)s of %(expected)s service done.", "%(seen)s of %(expected)s services done.", run.expected
        )
    else:
        text = ngettext(
            "%(seen)s of %(expected)s service read.", "%(seen)s of %(expected)s services read.", run.expected
        )
    return text % {"seen": grouped(_place(run)), "expected": grouped(run.expected or 0)}


def _in_words(by_latest: int | None, by_all: int) -> str:
    """The time left. Where two estimates say something else, both are told: neither of them knows of other load."""
    if by_latest is None:
        return ""
    shorter, longer = sorted((by_latest, by_all or by_latest))
    if longer < SOON.total_seconds():
        return _("Less than a minute left.")
    if shorter < SOON.total_seconds():
        return _("Up to %(time)s left.") % {"time": _words(longer)}
    if _words(shorter) == _words(longer):
        return _("About %(time)s left.") % {"time": _words(longer)}
    return _("Between %(shorter)s and %(longer)s left.") % {"shorter": _words(shorter), "longer": _words(longer)}


def _words(seconds: int) -> str:
    now = timezone.now()
    return timesince(now, now + timedelta(seconds=seconds), depth=1)
