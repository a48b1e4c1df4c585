"""A filter for companies by their current access."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.access import Reason, State
from companies.models import Company
from companies.standings.by_access import access_is
from companies.wording.verdicts import reason_word, state_word


class StandingFilter(admin.SimpleListFilter):
    """A state, or a reason for one."""

    title = _("access")
    parameter_name = "access"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        states = [(state.value, state_word(state)) for state in State]
        return [*states, *((reason.value, f"– {reason_word(reason)}") for reason in Reason)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> QuerySet[Company]:
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(access_is(chosen, now=timezone.now()))


def list_url(verdict: State | Reason) -> str:
    """The list of the companies in this state, or in one for this reason."""
    return f"{reverse('admin:companies_company_changelist')}?{StandingFilter.parameter_name}={verdict.value}"
