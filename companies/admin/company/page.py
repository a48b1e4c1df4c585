"""The content of the page of one company."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.admin.utils import display_for_field
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from companies.access import State
from companies.acts import ACTS
from companies.admin.company.sections import sections_of
from companies.admin.company.story import load_story
from companies.models import Company, Membership
from companies.people.seats import seats_taken
from companies.standings.facts import access_of
from companies.wording.verdicts import state_word
from companies.wording.why import explain

BADGES = {State.OPEN: "ok", State.GRACE: "warn", State.BLOCKED: "bad"}
MOST_PEOPLE = 200
FIELDS = (
    "plan", "status", "status_since", "due_date", "override_until", "hold_until", "hold_reason", "hold_by", "locked_at",
    "lock_reason", "source", "unreadable_since", "closing_held_since", "email", "phone", "language", "created_at",
)  # fmt: skip
# A closing can wait for different reasons. Billing explains which in its own section of the page.
NAMES = {"closing_held_since": _("closing waits since")}
SHOWN_IF_SET = frozenset({
    "override_until", "hold_until", "hold_reason", "hold_by", "locked_at", "lock_reason", "unreadable_since",
    "closing_held_since", "phone", "language",
})  # fmt: skip


class Person(NamedTuple):
    """A person of the company. `link_url` makes a set-password link, if the operator may do that."""

    membership: Membership
    link_url: str


def company_page(company: Company, request: HttpRequest) -> dict[str, Any]:
    """The context of the template. With `?print=1` everything is on the page, without buttons and frame."""
    is_print = "print" in request.GET
    now = timezone.now()
    state = access_of(company, now=now).state
    return {
        "is_popup": is_print,
        "is_print": is_print,
        "title": company.name,
        "subtitle": None,
        "state": state_word(state),
        "badge": BADGES[state],
        "explanation": explain(company, now=now),
        "facts": list(_facts(company)),
        "people": [_person(membership, request) for membership in _members(company)],
        "seats": (seats_taken(company), company.plan.users),
        "invitations": company.invitations.order_by("-pk")[:MOST_PEOPLE],
        "sections": sections_of(company, request),
        "story": load_story(company, page=request.GET.get("story"), all_at_once=is_print),
        "acts": list(_acts(company)) if request.user.has_perm("companies.change_company") else [],
    }


def _facts(company: Company) -> Iterator[tuple[str, str]]:
    """The stored facts with their labels. Rare ones are shown only if they are set."""
    fields = {field.name: field for field in Company._meta.fields}
    for name in FIELDS:
        field, value = fields[name], getattr(company, name)
        if value or name not in SHOWN_IF_SET:
            shown = str(value) if field.is_relation and value else display_for_field(value, field, "–")
            yield capfirst(str(NAMES.get(name, field.verbose_name))), shown or "–"


def _members(company: Company) -> Any:
    return company.memberships.select_related("user").order_by("pk")[:MOST_PEOPLE]


def _person(membership: Membership, request: HttpRequest) -> Person:
    user = membership.user
    may = user.is_active and request.user.has_perm("companies.change_user")
    is_ours = not user.is_staff or (request.user.is_authenticated and request.user.is_superuser)
    return Person(membership, reverse("admin:companies_user_link", args=[user.pk]) if may and is_ours else "")


def _acts(company: Company) -> Iterator[tuple[str, str]]:
    for name, act in ACTS.items():
        if act.is_possible(company):
            yield reverse("admin:companies_company_act", args=[company.pk, name]), str(act.label)
