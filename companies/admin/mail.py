"""The outbox, read-only: what waits, what was sent, what fails and why."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import NothingIsWritten
from companies.models import OutgoingMail


class SentFilter(admin.SimpleListFilter):
    """Filters by state: sent, waiting, given up."""

    title = pgettext_lazy("mail", "sent")
    parameter_name = "sent_at__isempty"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("0", str(pgettext_lazy("mail", "sent"))), ("1", str(pgettext_lazy("mail", "not sent")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
        if self.value() not in {"0", "1"}:
            return queryset
        return queryset.filter(sent_at__isnull=self.value() == "1")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(NothingIsWritten, BigList, admin.ModelAdmin[OutgoingMail]):
    """Newest first."""

    empty_text = _("No mail has been due yet. Each one is listed here with whether it was sent, or why not.")
    list_display = ["created_at", "kind", "recipient", "sent_at", "attempts", "last_error"]
    list_filter = ["kind", SentFilter]
    list_select_related = ["user", "invitation"]
    ordering = ["-created_at", "-pk"]
    fields = ["created_at", "kind", "recipient", "company", "due_at", "sent_at", "attempts", "last_error"]
    sortable_by = ["created_at"]

    @admin.display(description=_("to"))
    def recipient(self, mail: OutgoingMail) -> str:
        return mail.user.email if mail.user else mail.invitation.email if mail.invitation else ""
