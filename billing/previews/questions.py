"""The points where a run would stop to ask or distrust the reading, each as the error that it would end with."""

from billing.errors import ErrorCode
from billing.models import Kind, PreviewedChange
from billing.previews.found import Found
from billing.reconcile import Note, is_other_whmcs
from billing.steps.losses import counting
from billing.steps.pages import unreadable
from billing.steps.safeguards.clock import TRUSTED, in_hours
from billing.steps.safeguards.first_import import UNASKED, is_first_import


def ask_about_reading(found: Found, clock_difference: float | None) -> bool:
    """Add questions about the reading; True if it is doubted, so that it proves nothing about the whole gateway."""
    seconds = clock_difference or 0
    if abs(seconds) > TRUSTED.total_seconds():
        found.ask(ErrorCode.CLOCK_DIFFERS, difference=in_hours(seconds))
        found.hold_dated(Note(Kind.CLOCK_DIFFERS, found.questions[-1].as_details()))
    if unreadable.are_too_many(found.bad_count, of=len(found.seen)):
        found.ask(ErrorCode.FORMAT_CHANGED, bad=found.bad_count, seen=len(found.seen))
    if is_other_whmcs(len(found.moved), of=found.known):
        found.ask(ErrorCode.OTHER_WHMCS, different=len(found.moved), compared=found.known)
    return bool(found.questions)


def ask_about_all(found: Found) -> None:
    """Add questions about too many changes: new companies of a first import, or companies that lose access."""
    new = found.kinds[PreviewedChange.Kind.CREATE]
    if new > UNASKED and is_first_import(found.gateway):
        found.ask(ErrorCode.FIRST_IMPORT, new=new, seen=len(found.seen))
    scale = counting.Scale(counting.count_open(found.gateway, frozenset()), counting.load_lost(found.gateway))
    if scale.is_exceeded(found.gateway, len(found.losing)):
        found.ask(ErrorCode.UNSAFE_CHANGE_SET, **scale.figures(len(found.losing)))
