"""The audit log, read-only. For superusers, because it shows what operators did and from where people signed in."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.admin.audit.words import in_words
from companies.admin.lists.filters import CodeFilter
from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import NothingIsWritten
from companies.admin.lists.searching import FindsBy
from companies.audit.codes import AuditCode
from companies.audit.log import COMMAND_LINE
from companies.authentication.adapters import canonical_or_typed
from companies.models import AuditEntry


class AuditCodeFilter(CodeFilter):
    codes = AuditCode


@admin.register(AuditEntry)
class AuditEntryAdmin(NothingIsWritten, FindsBy, BigList, admin.ModelAdmin[AuditEntry]):
    """Newest first. A group of your own may get the permission to see audit entries, too."""

    list_display = ["at", "what", "who", "address", "about", "facts"]
    list_filter = [AuditCodeFilter, "at"]
    sortable_by = ["at"]
    search_help_text = _("The whole e-mail address of who did it, or “command line”")
    fields = ["at", "what", "who", "address", "company", "about", "facts"]
    readonly_fields = ["what", "who", "facts"]

    def find(self, term: str) -> Q:
        """An exact match, which an index finds in a log of any length. The address may have any spelling."""
        return Q(actor_label=COMMAND_LINE if term == gettext("command line") else canonical_or_typed(term))

    @admin.display(description=_("what"))
    def what(self, entry: AuditEntry) -> str:
        return str(dict(AuditCode.choices).get(entry.code, entry.code))

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        if entry.actor_label == COMMAND_LINE:
            return gettext("command line")
        return entry.actor_label or "\u2013"

    @admin.display(description=_("facts"))
    def facts(self, entry: AuditEntry) -> str:
        return in_words(entry.details) or "\u2013"
