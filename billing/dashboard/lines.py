"""The lines at the top of the start page: one for each gateway, running runs, and what waits for an operator."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.dashboard.asked import sentence_about as sentence_about_question
from billing.dashboard.figures import Waiting
from billing.dashboard.health import Condition, Known, Level, decide_condition, level_of
from billing.dashboard.sentences import sentence_about
from billing.models import SyncRun, WhmcsGateway
from billing.runs.progress import progress_of

NONE: Mapping[int, int] = MappingProxyType({})
NOTHING: Mapping[str, Counter[str]] = MappingProxyType({})


class Line(NamedTuple):
    """One sentence, its level, and the page to go on to (a name with its arguments)."""

    level: Level
    text: str
    page: str = ""
    args: tuple[int, ...] = ()


def lines_of(
    gateways: Sequence[Known], companies: Mapping[int, int] | None, now: datetime, differing: Mapping[int, int] = NONE
) -> list[Line]:
    """One line for each gateway. `companies` is the number of companies of each, None if the reader may not know.

    `differing` is how many of them differ from WHMCS.
    """
    if not gateways:
        return [
            Line(
                Level.WARN,
                _("No payment gateway is set up yet. The first steps on the start page lead to the first customer."),
            )
        ]
    lines = []
    for known in gateways:
        number = None if companies is None else companies.get(known.gateway.pk, 0)
        text = sentence_about(known, number, differing.get(known.gateway.pk, 0), now)
        said = about(known.gateway, text, of=len(gateways))
        lines.append(Line(level_of(known, now), said, *_page(known, now)))
    return lines


def waiting_lines(waiting: Waiting, asked: Mapping[str, Counter[str]] = NOTHING) -> list[Line]:
    """What waits for an operator. Only approvals hold something up, so only they are a warning.

    `asked` says what the questions are about.
    """
    lines = []
    if number := waiting.approvals:
        text = ngettext(
            "%(count)s change waits for your approval.", "%(count)s changes wait for your approval.", number
        )
        about = [sentence_about_question(kind, numbers) for kind, numbers in asked.items()]
        sentences = [text % {"count": number}, *filter(None, about)]
        lines.append(Line(Level.WARN, " ".join(sentences), "approvals"))
    if number := waiting.attention:
        text = ngettext("%(count)s thing needs attention.", "%(count)s things need attention.", number)
        lines.append(Line(Level.NOTICE, text % {"count": number}, "attention"))
    return lines


def running_lines(runs: Sequence[SyncRun], gateways: int, now: datetime) -> list[Line]:
    """The long running runs with their progress."""
    lines = []
    for run in runs:
        if (progress := progress_of(run, now)).is_running:
            text = _("Being read just now: %(progress)s") % {"progress": progress.text}
            lines.append(Line(Level.NOTICE, about(run.gateway, text, of=gateways), "run", (run.pk,)))
    return lines


def about(gateway: WhmcsGateway, text: str, *, of: int) -> str:
    """A sentence about one of so many gateways: with its name, if there are others."""
    return f"{gateway.name}: {text}" if of > 1 else text


def _page(known: Known, now: datetime) -> tuple[str, tuple[int, ...]]:
    """The page with more: the failed run, or the gateway."""
    condition = decide_condition(known, now)
    if condition is Condition.FRESH:
        return "", ()
    if condition is Condition.IN_TROUBLE and known.last is not None:
        return "run", (known.last.pk,)
    return "gateway", (known.gateway.pk,)
