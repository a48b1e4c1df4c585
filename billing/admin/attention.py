"""What waits for an operator."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing.models import AttentionItem, HeldChanges, Kind
from billing.steps.attention import ABOUT_A_YES
from billing.wording import explain
from companies.audit import AuditCode, record

if TYPE_CHECKING:
    Base = admin.ModelAdmin[AttentionItem]
else:
    Base = admin.ModelAdmin


class OpenFilter(admin.SimpleListFilter):
    """Open items first: closed ones are history."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("closed", str(_("closed"))), ("all", str(_("all")))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The default is what waits, so it is not called “All”."""
        for choice in super().choices(changelist):
            yield choice if choice["display"] != gettext("All") else {**choice, "display": gettext("open")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[AttentionItem]) -> QuerySet[AttentionItem]:
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_at__isnull=self.value() != "closed")


@admin.register(AttentionItem)
class AttentionItemAdmin(Base):
    list_display = ["kind", "subject", "what_to_do", "company", "opened_at"]
    list_filter = [OpenFilter, "kind", "gateway"]
    list_select_related = ["gateway", "subscription__company"]
    fields = ["gateway", "kind", "subject", "company", "what_to_do", "opened_at", "closed_at"]
    readonly_fields = ["gateway", "kind", "subject", "company", "what_to_do", "opened_at", "closed_at"]
    actions = ["dismiss"]

    @admin.display(description=_("what happened, and what to do"))
    def what_to_do(self, item: AttentionItem) -> str:
        """The sentence, with a link to the page with the figures and the buttons where it waits for a yes or a no."""
        kind = ABOUT_A_YES.get(Kind(item.kind)) if item.closed_at is None else None
        waiting = HeldChanges.objects.waiting().filter(gateway=item.gateway, kind=kind)
        held = waiting.first() if kind else None
        if held is None:
            return explain(item)
        url = reverse("admin:billing_heldchanges_change", args=[held.pk])
        return format_html('{} <a href="{}">{}</a>', explain(item), url, _("Approve or reject"))

    @admin.display(description=_("company"))
    def company(self, item: AttentionItem) -> str:
        subscription = item.subscription
        return str(subscription.company or "–") if subscription else "–"

    @admin.action(description=_("Dismiss: I have seen it"), permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[AttentionItem]) -> None:
        """Close items by hand. One whose cause is still there is opened again by the next run."""
        count = queryset.filter(closed_at=None).update(closed_at=timezone.now())
        record(AuditCode.ATTENTION_DISMISSED, request=request, details={"count": str(count)})
        text = ngettext("%(count)d item was dismissed.", "%(count)d items were dismissed.", count)
        self.message_user(request, text % {"count": count})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AttentionItem | None = None) -> bool:
        return False
