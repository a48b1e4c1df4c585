"""The section about what waits for an operator. It explains why a company is still open."""

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from billing.models import AttentionItem, HeldChanges, HeldCompany
from billing.wording.attention import explain
from companies.admin.company.sections import Cell, Link, Section
from companies.models import Company

MOST = 20
Row = tuple[Cell, ...]


def section(company: Company, request: HttpRequest) -> Section | None:
    """Open attention items of the company, and its changes that wait for approval."""
    rows: list[Row] = []
    if request.user.has_perm("billing.view_heldchanges"):
        rows += _held(company)
    if request.user.has_perm("billing.view_attentionitem"):
        rows += _items(company)
    return Section(_("What waits for somebody"), (_("What"), _("Why"), _("Since")), rows) if rows else None


def _held(company: Company) -> Iterator[Row]:
    """Leave out decided changes: an approval is carried out by itself, and a rejection is in force."""
    undecided = Q(held__verdict=HeldChanges.Verdict.WAITING, held__closed_at=None)
    for one in HeldCompany.objects.filter(undecided, company=company).select_related("held")[:MOST]:
        url = reverse("admin:billing_heldchanges_change", args=[one.held_id])
        why = _("WHMCS says something else, and access would be lost by it. It waits for a yes or no.")
        yield Link(one.held.get_kind_display(), url), why, date_format(localtime(one.held.opened_at), "DATETIME_FORMAT")


def _items(company: Company) -> Iterator[Row]:
    for item in AttentionItem.objects.waiting().filter(subscription__company=company)[:MOST]:
        url = reverse("admin:billing_attentionitem_change", args=[item.pk])
        yield (
            Link(item.get_kind_display(), url),
            explain(item),
            date_format(localtime(item.opened_at), "DATETIME_FORMAT"),
        )
