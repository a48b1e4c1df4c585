"""The settings of the installation: one page, for superusers."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from companies.admin.installation.form import ABOUT_MAIL, InstallationForm
from companies.audit.log import AuditCode, changes_of, record
from companies.models import Installation, User
from companies.second_factor.requirement import factor_exists


@admin.register(Installation)
class InstallationAdmin(admin.ModelAdmin[Installation]):
    """There is one row. It can be opened even before it was saved for the first time."""

    form = InstallationForm
    fieldsets = [
        (_("What customers see"), {"fields": ["product_name", "accent_colour", "new_logo", "remove_logo"]}),
        (_("Mails to owners"), {"fields": ABOUT_MAIL}),
        (_("Security"), {"fields": ["operators_need_second_factor", "shop_password_must_change"]}),
    ]
    change_form_template = "admin/companies/installation_page.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Installation | None:
        return Installation.load() if object_id == str(Installation.THE_ONE) else None

    def get_form(
        self, request: HttpRequest, obj: Installation | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return type("Form", (super().get_form(request, obj, change=change, **kwargs),), {"request": request})

    def save_model(self, request: HttpRequest, obj: Installation, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(AuditCode.SETTINGS_CHANGED, request=request, details=changes_of(form, unseen=frozenset({"new_logo"})))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the page, because a list of one row is useless."""
        return redirect("admin:companies_installation_change", Installation.THE_ONE)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page, with the number of operators who would have to add a factor."""
        extra = {"title": _("Settings"), "warning": _warning(), "show_save_and_continue": False}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def response_change(self, request: HttpRequest, obj: Installation) -> HttpResponse:
        """Back to the page, because there is no list."""
        messages.success(request, _("Saved."))
        return redirect("admin:companies_installation_change", Installation.THE_ONE)


def _warning() -> str:
    """How many operators the setting would affect; "" if none."""
    operators = User.objects.filter(is_staff=True, is_active=True)
    without = operators.exclude(factor_exists()).count()
    if not without:
        return ""
    return ngettext(
        "%(count)d operator has no second factor yet. If one is needed (below), they can only "
        "add it, from the next click on.",
        "%(count)d operators have no second factor yet. If one is needed (below), they can only "
        "add it, from the next click on.",
        without,
    ) % {"count": without}
