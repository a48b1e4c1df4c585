"""Whether a reading is enough evidence for a loss, for a run and for a preview alike."""

from collections.abc import Callable

from billing.reconcile import Action, Decision
from billing.steps.losses.counting import is_by_date


def waits_for_evidence(loss: Decision, *, is_bad: Callable[[int], bool], proves: bool) -> bool:
    """Whether this reading is not enough evidence for a loss.

    It is not while the record of another service of the company `is_bad`, for that one may have been paid. An unchanged
    date is no evidence after a reading that `proves` nothing.
    """
    siblings = loss.company.siblings if loss.company else ()
    return any(is_bad(other.service_id) for other in siblings) or (is_by_date(loss) and not proves)


def as_remembered(loss: Decision) -> Decision:
    """What is done about a loss that waits: the new facts of its service are stored, the company stays as it is."""
    return loss._replace(action=Action.REMEMBER if _can_be_remembered(loss) else Action.NOTHING, after=loss.before)


def _can_be_remembered(loss: Decision) -> bool:
    """Whether the row differs and may be written. Writing the row of an unreadable company would mark it readable."""
    row = loss.observed
    return row is not None and row.facts != loss.facts and not (row.company and row.company.is_unreadable)
