"""The points where a run would stop to ask or distrust the reading, each as the error that it would end with."""

from billing.errors import ErrorCode
from billing.models import PreviewedChange
from billing.previews.found import Found
from billing.reconcile import is_other_whmcs
from billing.steps.losses import counting
from billing.steps.pages import unreadable
from billing.steps.safeguards.clock import is_too_much
from billing.steps.safeguards.first_import import UNASKED, is_first_import
from billing.wording.moments import in_hours


def ask_about_reading(found: Found, clock_difference: float | None) -> bool:
    """Add questions about the reading; True if it is doubted, so that it proves nothing about the whole gateway."""
    ask_about_clocks(found, clock_difference)
    if unreadable.are_too_many(found.bad_count, of=len(found.seen)):
        found.ask(ErrorCode.FORMAT_CHANGED, bad=found.bad_count, seen=len(found.seen))
    if is_other_whmcs(len(found.moved), of=found.known):
        found.ask(ErrorCode.OTHER_WHMCS, different=len(found.moved), compared=found.known)
    return bool(found.questions)


def ask_about_clocks(found: Found, difference: float | None) -> None:
    """Add the question about clocks that show different days; no date closes anything then."""
    if is_too_much(difference or 0):
        found.ask(ErrorCode.CLOCK_DIFFERS, difference=in_hours(difference or 0))


def ask_about_all(found: Found) -> None:
    """Add questions about too many changes: new companies of a first import, or companies that lose access."""
    new = found.kinds[PreviewedChange.Kind.CREATE]
    if new > UNASKED and is_first_import(found.gateway):
        found.ask(ErrorCode.FIRST_IMPORT, new=new, seen=len(found.seen))
    scale = counting.Scale(counting.count_open(found.gateway, frozenset()), counting.load_lost(found.gateway))
    if scale.is_exceeded(found.gateway, len(found.losing)):
        found.ask(ErrorCode.UNSAFE_CHANGE_SET, **scale.figures(len(found.losing)))
