"""Companies: what is stored, what it means today, who belongs to them and what happened."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from companies.admin.acts import ACTS, perform
from companies.admin.event import change, what, who
from companies.admin.exceptions import ExceptionFilter
from companies.admin.paging import BigList
from companies.admin.read_only import NothingIsWritten, ReadOnlyInline
from companies.admin.searching import FindsBy, companies_like
from companies.admin.standing import StandingFilter
from companies.facts import access_of
from companies.models import Company, Event, Invitation, Membership
from companies.wording import operator_sentence, state_word

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = admin.ModelAdmin[Company]
else:
    Base = admin.ModelAdmin

STORY_LENGTH = 50
FIELDS = (
    "name", "state", "standing", "plan", "status", "status_since", "due_date", "override_until",
    "hold_until", "hold_reason", "hold_by", "locked_at", "lock_reason", "source", "unreadable_since",
    "closing_held_since",
    "email", "phone", "language", "created_at",
)  # fmt: skip
SHOWN_IF_SET = frozenset({
    "override_until", "hold_until", "hold_reason", "hold_by", "locked_at", "lock_reason", "unreadable_since",
    "closing_held_since", "phone",
})  # fmt: skip


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ["user", "role", "created_at"]
    readonly_fields = ["user", "role", "created_at"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        return super().get_queryset(request).select_related("user")


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = ["email", "role", "created_at", "closed_at", "outcome"]
    readonly_fields = ["email", "role", "created_at", "closed_at", "outcome"]


class CompanyList(ChangeList):
    """Counts the people of the companies that are shown, and of no other."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shown = Membership.objects.filter(company__in=[company.pk for company in self.result_list])
        people = dict(shown.order_by().values_list("company").annotate(Count("pk")))
        for company in self.result_list:
            company.people_count = people.get(company.pk, 0)


@admin.register(Company)
class CompanyAdmin(NothingIsWritten, FindsBy, BigList, Base):
    """Read-only, with buttons for the four acts of an operator. "Change" in Django's sense is the right to use them."""

    list_display = ["name", "plan", "state", "due_date", "people", "source"]
    list_filter = [StandingFilter, "plan", "status", ExceptionFilter, "source"]
    ordering = ["name", "pk"]
    list_select_related = ["plan", "source"]
    sortable_by = ["name", "due_date"]
    search_help_text = _("Company, its number, contact address or somebody's sign-in address")
    inlines = [MembershipInline, InvitationInline]
    change_form_template = "admin/companies/company_page.html"

    def find(self, term: str) -> Q:
        return companies_like(term)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CompanyList

    def get_fields(self, request: HttpRequest, obj: Company | None = None) -> Any:
        """What is rare is shown only where it is so."""
        return [name for name in FIELDS if name not in SHOWN_IF_SET or getattr(obj, name, None)]

    @admin.display(description=_("people"))
    def people(self, company: Company) -> int:
        return int(company.people_count)  # type: ignore[attr-defined]

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
        """The page of one company, with its story and its buttons."""
        extra = {**(extra_context or {}), "acts": [], "story": _story(object_id)}
        company = self.get_object(request, object_id)
        if company is not None and self._may_act(request):
            extra["acts"] = [
                (reverse("admin:companies_company_act", args=[company.pk, name]), act.label)
                for name, act in ACTS.items()
                if act.is_possible(company)
            ]
        return super().change_view(request, object_id, form_url, extra)

    def act(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask for the reason, then do it."""
        company = Company.objects.select_related("plan", "source").filter(pk=pk).first()
        if not self._may_act(request):
            raise PermissionDenied
        if company is None or name not in ACTS or not ACTS[name].is_possible(company):
            raise Http404
        act = ACTS[name]
        form = act.form(request.POST or None)
        if form.is_valid():
            perform(act, company, form.cleaned_data, request)
            messages.success(request, operator_sentence(access_of(company)))
            return redirect("admin:companies_company_change", company.pk)
        context = {
            **self.admin_site.each_context(request), "title": act.label, "company": company, "act": act, "form": form,
            "opts": self.opts, "standing": self.standing(company),
        }  # fmt: skip
        return render(request, "admin/companies/act.html", context)

    def _may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("companies.change_company")


def _story(company_id: str) -> list[dict[str, object]]:
    """The company's last events, ready to show."""
    if not company_id.isdecimal():
        return []
    events = Event.objects.filter(company_id=int(company_id))[:STORY_LENGTH]
    return [{"at": e.at, "what": what(e), "who": who(e), "change": change(e), "reason": e.reason} for e in events]
