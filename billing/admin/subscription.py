"""The known services of WHMCS, read-only."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.dashboard.figures import waiting_services
from billing.models import Subscription, WhmcsGateway
from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import NothingIsWritten
from companies.admin.lists.searching import FindsBy, as_number


class WaitingFilter(admin.SimpleListFilter):
    """A filter for purchases without a company."""

    title = _("company")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", str(_("waits for its company")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> QuerySet[Subscription]:
        return queryset & waiting_services() if self.value() == "yes" else queryset


@admin.register(Subscription)
class SubscriptionAdmin(NothingIsWritten, FindsBy, BigList, admin.ModelAdmin[Subscription]):
    """Newest first."""

    list_display = ["service_id", "client_id", "status", "due_date", "plan_value", "company", "gateway"]
    list_filter = [WaitingFilter, "gateway"]
    list_select_related = ["company"]
    loaded_apart = ["gateway"]
    ordering = ["-pk"]
    sortable_by = ()
    search_help_text = _("Number of a service or of a client in WHMCS")
    fields = [
        "gateway", "service_id", "client_id", "product_id", "status", "due_date", "plan_value", "override_until",
        "company", "is_settled", "vanished_at", "first_seen_at", "details_read_at",
    ]  # fmt: skip

    def find(self, term: str) -> Q:
        number = as_number(term)
        if number is None:
            return Q(pk__in=[])
        # The indexes begin with the gateway, of which there are few.
        gateways = list(WhmcsGateway.objects.values_list("pk", flat=True))
        return Q(gateway__in=gateways, service_id=number) | Q(gateway__in=gateways, client_id=number)
