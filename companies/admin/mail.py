"""The outbox, to look at: what waits, what was sent, what fails and why."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from companies.admin.paging import BigList
from companies.admin.read_only import NothingIsWritten
from companies.models import OutgoingMail

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = admin.ModelAdmin[OutgoingMail]
else:
    Base = admin.ModelAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(NothingIsWritten, BigList, Base):
    """Newest first."""

    list_display = ["created_at", "kind", "recipient", "sent_at", "attempts", "last_error"]
    list_filter = ["kind", ("sent_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "invitation"]
    ordering = ["-created_at", "-pk"]
    fields = ["created_at", "kind", "recipient", "company", "due_at", "sent_at", "attempts", "last_error"]
    sortable_by = ["created_at"]

    @admin.display(description=_("to"))
    def recipient(self, mail: OutgoingMail) -> str:
        return mail.user.email if mail.user else mail.invitation.email if mail.invitation else ""
