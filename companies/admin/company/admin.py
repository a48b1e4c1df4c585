"""The admin of companies: their data, their access today, their people and their story."""

from typing import Any, Protocol

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from companies.acts import ACTS, perform
from companies.admin.company.exceptions import ExceptionFilter
from companies.admin.company.page import company_page
from companies.admin.company.standing import StandingFilter
from companies.admin.lists.paging import BigList, LongList
from companies.admin.lists.read_only import NothingIsWritten
from companies.admin.lists.searching import FindsBy, companies_like
from companies.errors import CompanyError
from companies.models import Company, Membership
from companies.standings.facts import access_of
from companies.wording.verdicts import operator_sentence, state_word


class CountedCompany(Protocol):
    """A company as `CompanyList` shows it."""

    people_count: int


class CompanyList(LongList):
    """Counts the people only of the companies on the shown page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = Membership.objects.filter(company__in=[company.pk for company in self.result_list])
        people = dict(shown.order_by().values_list("company").annotate(Count("pk")))
        for company in self.result_list:
            company.people_count = people.get(company.pk, 0)


@admin.register(Company)
class CompanyAdmin(NothingIsWritten, FindsBy, BigList, admin.ModelAdmin[Company]):
    """Read-only, with buttons for the acts of an operator. Django's permission "change" allows to use them."""

    empty_text = _("There are no companies yet. Whoever has paid in WHMCS becomes one at the next reading.")
    list_display = ["name", "plan", "state", "due_date", "people", "source"]
    list_filter = [StandingFilter, "plan", "status", ExceptionFilter, "source"]
    ordering = ["name", "pk"]
    list_select_related = ["plan", "source"]
    sortable_by = ["name", "due_date"]
    search_help_text = _("Company, its number, contact address or somebody's sign-in address")
    fields = ["name"]
    change_form_template = "admin/companies/company_page.html"

    def find(self, term: str) -> Q:
        return companies_like(term)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CompanyList

    @admin.display(description=_("people"))
    def people(self, company: CountedCompany) -> int:
        return company.people_count

    @admin.display(description=_("state"))
    def state(self, company: Company) -> str:
        return state_word(access_of(company).state)

    @admin.display(description=_("why"))
    def standing(self, company: Company) -> str:
        return operator_sentence(access_of(company))

    def get_urls(self) -> list[URLPattern]:
        act = path("<int:pk>/<slug:name>/act/", self.admin_site.admin_view(self.act), name="companies_company_act")
        return [act, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one company."""
        company = self.get_object(request, object_id)
        shown = {} if company is None else company_page(company, request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def act(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask for the reason, then perform the act."""
        company = Company.objects.select_related("plan", "source").filter(pk=pk).first()
        if not self._may_act(request):
            raise PermissionDenied
        if company is None or name not in ACTS or not ACTS[name].is_possible(company):
            raise Http404
        act = ACTS[name]
        form = act.form(request.POST or None)
        if form.is_valid():
            try:
                said = perform(act, company, form.cleaned_data, request)
            except CompanyError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, said or operator_sentence(access_of(company)))
                return redirect("admin:companies_company_change", company.pk)
        context = {
            **self.admin_site.each_context(request), "title": act.label, "company": company, "act": act, "form": form,
            "opts": self.opts, "standing": self.standing(company),
        }  # fmt: skip
        return render(request, "admin/companies/act.html", context)

    def _may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("companies.change_company")
