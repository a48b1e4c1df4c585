"""The tiles of the start page: numbers with links to the lists of exactly what they count."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from billing.dashboard.figures import CompanyFigures, Waiting
from companies.access import State
from companies.admin.company.standing import list_url
from companies.standings.upcoming import HORIZONS
from companies.wording.verdicts import reason_word


class Tile(NamedTuple):
    """A number, its label and the URL of its list; "" if the reader may not view the list."""

    number: int
    label: str
    url: str


def access_tiles(figures: CompanyFigures) -> list[Tile]:
    """One tile for each state."""
    return [Tile(figures.total(state), name, list_url(state)) for state, name in state_names().items()]


def state_names() -> dict[State, str]:
    """The names of the states, for several companies."""
    return {
        State.OPEN: pgettext("companies", "Open"),
        State.GRACE: pgettext("companies", "Open, payment due"),
        State.BLOCKED: pgettext("companies", "Closed"),
    }


def blocked_tiles(figures: CompanyFigures) -> list[Tile]:
    """Closed companies by reason."""
    return [Tile(number, reason_word(reason), list_url(reason)) for reason, number in figures.reasons(State.BLOCKED)]


def waiting_tiles(waiting: Waiting, may_see: dict[str, bool]) -> list[Tile]:
    """What waits, as far as the reader may view it."""
    tiles = {
        "billing.view_subscription": Tile(
            waiting.services,
            npgettext("tile", "purchase without a company yet", "purchases without a company yet", waiting.services),
            _list("billing_subscription", "waits=yes"),
        ),
        "billing.view_heldchanges": Tile(
            waiting.approvals,
            npgettext("tile", "change that waits for approval", "changes that wait for approval", waiting.approvals),
            approvals_url(),
        ),
        "billing.view_attentionitem": Tile(
            waiting.attention,
            npgettext("tile", "needs attention", "need attention", waiting.attention),
            _list("billing_attentionitem"),
        ),
    }  # fmt: skip
    return [tile for permission, tile in tiles.items() if may_see[permission]]


def forecast_tiles(figures: CompanyFigures) -> list[Tile]:
    """How many companies lose access if nothing changes."""
    return [
        Tile(figures.upcoming[days], _("within %(days)s days") % {"days": days}, forecast_url(days))
        for days in HORIZONS
    ]  # fmt: skip


def approvals_url() -> str:
    """The list of what waits for a yes or a no."""
    return _list("billing_heldchanges", "verdict__exact=waiting")


def closings_url() -> str:
    """The list of the companies whose closing waits."""
    return _list("companies_company", "exception=waiting")


def forecast_url(days: int) -> str:
    """The page of the companies that lose access within `days` days."""
    return f"{reverse('admin:forecast')}?days={days}"


def _list(model: str, query: str = "") -> str:
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{query}" if query else url
