"""The admin of people. Passwords are neither shown nor typed here."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import ReadOnlyInline
from companies.admin.lists.searching import FindsBy, people_like
from companies.admin.person.factors import WithFactors, WithoutFactorFilter
from companies.admin.person.link import WithSetPasswordLink
from companies.audit.log import AuditCode, changes_of, record
from companies.authorization.roles import OperatorRole, add_operator, own_groups, role_of, set_role
from companies.forms.operators import ROLE, AddOperatorForm, RoleForm
from companies.mail.outbox import queue_welcome
from companies.models import Membership, User

# Whether somebody else knows the password.
KNOWN = ("password_is_from_shop", "password_was_given")


class CompaniesInline(ReadOnlyInline):
    model = Membership
    fields = ["company", "role", "created_at"]
    readonly_fields = ["company", "role", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("company", "user")


@admin.register(User)
class PersonAdmin(WithSetPasswordLink, WithFactors, FindsBy, BigList, admin.ModelAdmin[User]):
    """Operators may change the name and deactivate a person. Only superusers change roles and permissions."""

    list_display = ["email", "name", "is_active", "operator_role", "last_login"]
    list_filter = ["is_staff", "is_active", WithoutFactorFilter]
    search_help_text = _("Address, name or company")
    ordering = ["email"]
    sortable_by = ["email"]
    change_form_template = "admin/companies/person_page.html"

    def find(self, term: str) -> Q:
        return people_like(term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Customers come from purchases and teams; operators are added by superusers."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted. Deactivating a person keeps the stories readable."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers may change an operator's account."""
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=ROLE)
    def operator_role(self, person: User) -> str:
        role = role_of(person)
        return "\u2013" if role is OperatorRole.NOBODY else str(role.label)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return [CompaniesInline] if obj else []

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Superusers get another form, so that hidden fields can't be posted by others."""
        if obj is None:
            kwargs["form"] = AddOperatorForm
        elif request.user.is_superuser:
            kwargs["form"] = RoleForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return ["email", "name", "role", "by_mail"]
        common = ["email", "name", "is_active", *KNOWN, "date_joined", "last_login"]
        if not request.user.is_superuser:
            return [*common, "operator_role"]
        return [*common, "role", "groups"] if own_groups().exists() else [*common, "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["email", *KNOWN, "date_joined", "last_login", "operator_role"] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save only the changed columns, because the person may be choosing a password at this moment."""
        if change:
            obj.save(update_fields=["name", "is_active"])
        else:
            add_operator(obj, OperatorRole(form.cleaned_data["role"]))
            if form.cleaned_data["by_mail"]:
                queue_welcome(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Set the role after the groups, because its group is one of them. Then record everything."""
        super().save_related(request, form, formsets, change)
        if change and "role" in form.fields:
            set_role(form.instance, OperatorRole(form.cleaned_data["role"]))
        _record(request, form, change)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With a title of its own, and one button, because the link page comes next."""
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(
            request, form_url, {"title": _("Add an operator"), **one_button, **(extra_context or {})}
        )


def _record(request: HttpRequest, form: Any, change: bool) -> None:
    """Record what was changed. A change of the role is an entry of its own."""
    facts, about = changes_of(form), form.instance.email
    if not change:
        record(AuditCode.OPERATOR_ADDED, request=request, about=about, details={"role": form.cleaned_data["role"]})
        return
    roles: dict[str, str] = {key: facts.pop(key) for key in ("role", "groups") if key in facts}
    if roles:
        record(AuditCode.OPERATOR_ROLE_CHANGED, request=request, about=about, details=roles)
    if facts:
        record(AuditCode.PERSON_CHANGED, request=request, about=about, details=facts)
