"""The page that asks for the reason of a dismissal, for one item or for many."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.decisions.dismissal import dismiss
from billing.models import AttentionItem
from billing.models.attention import AttentionItemQuerySet
from companies.audit.log import AuditCode, record
from companies.authorization.operator import operator_of
from companies.events import Actor
from companies.forms.acts import ReasonForm

PERMISSION = "billing.change_attentionitem"
SHOWN = 20


def dismiss_asking(
    owner: admin.ModelAdmin[AttentionItem], request: HttpRequest, items: AttentionItemQuerySet, *, typed: bool
) -> HttpResponse | None:
    """Dismiss `items` for the typed reason and return None; without a reason, return the page that asks for it."""
    form = ReasonForm(request.POST if typed else None)
    if typed and form.is_valid():
        count = _dismiss(request, items, form.cleaned_data["reason"])
        text = ngettext("%(count)d item was dismissed.", "%(count)d items were dismissed.", count)
        owner.message_user(request, text % {"count": count})
        return None
    return render(request, "admin/billing/attentionitem/dismiss.html", _context(owner, request, items, form))


@transaction.atomic
def _dismiss(request: HttpRequest, items: AttentionItemQuerySet, reason: str) -> int:
    told = [str(item) for item in items[:SHOWN]]
    count = dismiss(items, reason=reason, actor=Actor.person(operator_of(request)), at=timezone.now())
    details = {"count": str(count), "reason": reason}
    record(AuditCode.ATTENTION_DISMISSED, request=request, about=", ".join(told), details=details)
    return count


def _context(
    owner: admin.ModelAdmin[AttentionItem], request: HttpRequest, items: AttentionItemQuerySet, form: ReasonForm
) -> dict[str, Any]:
    count = items.count()
    form.fields["reason"].help_text = gettext_lazy("For anyone who wonders later why nothing was done.")
    return {
        **owner.admin_site.each_context(request),
        "title": _("Dismiss"),
        "opts": owner.opts,
        "items": items.select_related("gateway")[:SHOWN],
        "left_out": max(0, count - SHOWN),
        "form": form,
        "selected": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
    }
