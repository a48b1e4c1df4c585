"""The decisions on held changes, in sentences."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from billing.models import HeldChanges
from companies.wording.reasons import translated_reason


def answer(held: HeldChanges) -> str:
    """The decision, by whom and when, with the reason if there is one."""
    is_yes = held.verdict == HeldChanges.Verdict.APPROVED
    text = _("Yes. Answered on %(at)s by %(who)s.") if is_yes else _("No. Answered on %(at)s by %(who)s.")
    at = date_format(localtime(held.decided_at), "DATETIME_FORMAT") if held.decided_at else "–"
    said = text % {"who": decided_by(held), "at": at}
    if not held.reason:
        return said
    return f"{said} " + _("The reason given: %(reason)s.") % {"reason": translated_reason(held.reason).rstrip(".")}


def answer_until(held: HeldChanges) -> str:
    """A rejection with its last day."""
    last = date_format(held.kept_until, "DATE_FORMAT") if held.kept_until else "–"
    return f"{answer(held)} " + _("In force until %(day)s.") % {"day": last}


def decided_by(held: HeldChanges) -> str:
    """Who decided; a dash if nobody has."""
    return str(held.decided_by or translated_reason(held.decided_label) or "–")
