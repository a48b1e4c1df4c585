"""The condition of a gateway, in sentences in the reader's language."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.dashboard.health import Condition, Known, decide_condition
from billing.models import SyncRun
from billing.monitoring.freshness import age_of, written_age
from billing.wording.errors import translated_run_error
from billing.wording.moments import moment

Outcome = SyncRun.Outcome


def sentence_about(known: Known, companies: int | None, differing: int, now: datetime) -> str:
    """The sentence. `companies` is how many it has (None: not said), `differing` how many differ from WHMCS."""
    match decide_condition(known, now):
        case Condition.FRESH:
            if companies == 0 and known.last is not None and not known.last.seen:
                return _nothing_is_sold(known, now)
            return _as_whmcs_says(companies, differing, _ago(known, now))
        case Condition.DISABLED:
            return " ".join([_("Switched off, so nothing is read."), _last_read(known, now)])
        case Condition.PAUSED:
            return _paused(known)
        case Condition.RESUMED:
            return _("It was resumed after a pause, and is read completely next.")
        case Condition.NEVER_READ:
            return _("WHMCS has not been read yet.")
        case Condition.STOPPED:
            return f"{_stopped(known, now)} {_last_read(known, now)}"
        case Condition.IN_TROUBLE:
            return f"{_trouble(known, now)} {_last_read(known, now)}"


def _as_whmcs_says(companies: int | None, differing: int, ago: str) -> str:
    if companies is None:
        return _("Everything is as WHMCS says, read %(ago)s ago.") % {"ago": ago}
    if companies == 0:
        return _("There are no companies yet. WHMCS was read %(ago)s ago.") % {"ago": ago}
    if differing:
        text = ngettext(
            "%(same)s of %(count)s company is as WHMCS says, read %(ago)s ago. The rest waits for a person, or "
            "stays open after a no.",
            "%(same)s of %(count)s companies are as WHMCS says, read %(ago)s ago. The rest waits for a person, or "
            "stays open after a no.",
            companies,
        )
        return text % {"same": companies - differing, "count": companies, "ago": ago}
    text = ngettext(
        "%(count)s company is as WHMCS says, read %(ago)s ago.",
        "All %(count)s companies are as WHMCS says, read %(ago)s ago.",
        companies,
    )
    return text % {"count": companies, "ago": ago}


def _nothing_is_sold(known: Known, now: datetime) -> str:
    text = _(
        "There are no companies yet: WHMCS, read %(ago)s ago, has no service of product %(code)s. If somebody bought "
        "it already, the product code is another one."
    )
    return text % {"ago": _ago(known, now), "code": known.gateway.product_code}


def _paused(known: Known) -> str:
    since = moment(known.gateway.paused_at.isoformat()) if known.gateway.paused_at else "–"
    text = _("Paused since %(since)s: %(reason)s. Until you say go nothing is read, and no date takes anything away.")
    return text % {"since": since, "reason": _(known.gateway.pause_reason or "–")}


def _stopped(known: Known, now: datetime) -> str:
    if known.last is None:
        return _("Nothing is being read. Look at the worker and its log.")
    text = _("The last attempt to read was %(ago)s ago. Look at the worker and its log.")
    return text % {"ago": _since(known.last.started_at, now)}


def _trouble(known: Known, now: datetime) -> str:
    last = known.last
    if last is None:
        raise ValueError("Without a run that has ended there is no trouble to tell of.")
    words = {
        "ago": _since(last.started_at, now),
        "why": translated_run_error(last.error_code, last.error, last.error_params),
    }
    match last.outcome:
        case Outcome.LOST:
            text = _("The last reading, begun %(ago)s ago, did not finish.")
        case Outcome.HELD if known.answered_at is not None and known.answered_at > last.started_at:
            text = _("The last reading, %(ago)s ago, asked for your decision, and has it: the next one acts on it.")
        case Outcome.HELD:
            text = _("The last reading, %(ago)s ago, waits for your decision: %(why)s")
        case Outcome.PARTIAL:
            text = _("The last reading, %(ago)s ago, was not complete: %(why)s")
        case _other:
            text = _("The last reading, %(ago)s ago, failed: %(why)s")
    since = known.gateway.silent_since
    silent = _("Silent since %(since)s.") % {"since": moment(since.isoformat())} if since else ""
    return f"{text % words} {silent}".strip()


def _last_read(known: Known, now: datetime) -> str:
    """The age of the shown data, and what it means for customers, which is what an operator wants to know first."""
    age = age_of(known.gateway, now)
    if age is None:
        return _("WHMCS was never read completely.")
    read = _("What is shown was read %(ago)s ago.") % {"ago": _ago(known, now)}
    allowed = timedelta(days=known.gateway.unconfirmed_days)
    last = timezone.localdate(now - age) + allowed
    if last < timezone.localdate(now):
        return read
    safe = _("Until %(day)s nobody loses access because of that.")
    return f"{read} {safe % {'day': date_format(last)}}"


def _ago(known: Known, now: datetime) -> str:
    age = age_of(known.gateway, now)
    return written_age(age, now) if age is not None else "–"


def _since(then: datetime, now: datetime) -> str:
    return written_age(now - then, now)
