"""The list of attention items, and the page of each. Each act of an operator has its own URL."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.attention.dismissing import PERMISSION, dismiss_asking
from billing.admin.attention.filters import OVER, StateFilter
from billing.admin.attention.page import context_of
from billing.admin.attention.remedies import remedies_for
from billing.admin.attention.surroundings import load_surroundings, service_id_of
from billing.models import AttentionItem
from billing.models.attention import AttentionItemQuerySet
from billing.recovery import pauses
from billing.tasks import request_service_sync
from billing.wording.attention import explain
from billing.wording.errors import translated_error
from companies.admin.buttons import button, limited
from companies.admin.lists.paging import BigList, LongList
from companies.admin.lists.read_only import NothingIsWritten
from companies.audit.log import AuditCode, record


class ThingsToDo(LongList):
    """Loads what belongs to the shown items at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        items = list(self.result_list)
        around = load_surroundings(items)
        for item in items:
            item.remedies = remedies_for(item, around, request.user)
            item.service_id = service_id_of(item)
            item.known_company = around.company(item)
            item.links_company = request.user.has_perm("companies.view_company")
        self.result_list = items


@admin.register(AttentionItem)
class AttentionItemAdmin(NothingIsWritten, BigList, admin.ModelAdmin[AttentionItem]):
    """Read-only. Django's permission "change" allows to dismiss an item."""

    change_form_template = "admin/billing/attentionitem/page.html"
    change_list_template = "admin/billing/attentionitem/list.html"
    empty_text = gettext_lazy(
        "Nothing waits for you. What Ticketz can't do alone is listed here, with what to do about it."
    )
    list_display = ["to_do", "about", "since"]
    list_display_links = None
    list_filter = [StateFilter, "kind", "gateway"]
    list_select_related = ["dismissed_by"]
    loaded_apart = ["gateway"]
    sortable_by: ClassVar[list[str]] = []
    fields = ["kind"]
    actions = ["dismiss_selected"]

    @admin.display(description=gettext_lazy("what happened, and what to do"))
    def to_do(self, item: AttentionItem) -> SafeString:
        """The kind, the sentence, and the buttons."""
        return render_to_string("admin/billing/attentionitem/_to_do.html", {"item": item, "text": explain(item)})

    @admin.display(description=gettext_lazy("about"))
    def about(self, item: AttentionItem) -> SafeString:
        return render_to_string("admin/billing/attentionitem/_about.html", {"item": item})

    @admin.display(description=gettext_lazy("since"))
    def since(self, item: AttentionItem) -> Any:
        return item.opened_at

    @admin.action(description=gettext_lazy("Dismiss, with a reason"), permissions=["dismiss"])
    def dismiss_selected(self, request: HttpRequest, queryset: AttentionItemQuerySet) -> HttpResponse | None:
        return dismiss_asking(self, request, queryset, typed="reason" in request.POST)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No action if nothing waits, because closed and dismissed items can't be dismissed."""
        return {} if request.GET.get(StateFilter.parameter_name) in OVER else super().get_actions(request)

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ThingsToDo

    def get_urls(self) -> list[URLPattern]:
        dismiss = self.admin_site.admin_view(self.dismiss)
        return [
            path("<int:pk>/dismiss/", dismiss, name="billing_attentionitem_dismiss"),
            button(self, limited(self.read_again, "attention"), "read_again"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one item."""
        item = self.get_object(request, object_id)
        shown = context_of(item, request.user) if item is not None and self.has_view_permission(request, item) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def dismiss(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then dismiss the item."""
        if not self.has_dismiss_permission(request):
            raise PermissionDenied
        item = AttentionItem.objects.waiting().filter(pk=pk)
        if not item.exists():
            get_object_or_404(AttentionItem, pk=pk)
            self.message_user(request, _("Nothing was done: this is no longer waiting."), messages.WARNING)
            return redirect("admin:billing_attentionitem_change", pk)
        asked = dismiss_asking(self, request, item, typed=request.method == "POST")
        return asked or redirect("admin:billing_attentionitem_changelist")

    def read_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read the one service that the item is about."""
        if not request.user.has_perm("companies.change_company"):
            raise PermissionDenied
        item = get_object_or_404(AttentionItem.objects.select_related("gateway"), pk=pk)
        service_id = service_id_of(item)
        if service_id is None:
            raise Http404
        self._read_again(request, item, service_id)
        return self._back(request)

    def _read_again(self, request: HttpRequest, item: AttentionItem, service_id: int) -> None:
        refusal = pauses.refusal(item.gateway)
        if refusal is not None:
            self.message_user(request, translated_error(refusal), messages.ERROR)
            return
        record(AuditCode.SYNC_ASKED_FOR, request=request, about=f"{item.gateway} #{service_id}")
        request_service_sync(item.gateway, service_id)
        self.message_user(request, _("The service is read again now. Reload this page in a moment."))

    def _back(self, request: HttpRequest) -> HttpResponseRedirect:
        """Redirect to the page whose button was pressed."""
        came_from = request.headers.get("Referer", "")
        if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
            return HttpResponseRedirect(came_from)
        return HttpResponseRedirect(reverse("admin:billing_attentionitem_changelist"))
