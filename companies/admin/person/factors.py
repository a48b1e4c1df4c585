"""A person's second factors for operators: whether there are any, since when, and how to remove them."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from companies.admin.buttons import button
from companies.audit.log import record
from companies.forms.acts import ReasonForm
from companies.models import User
from companies.second_factor.removal import remove_all_factors
from companies.second_factor.requirement import factor_exists, load_factors

REMOVE = "remove-two-factor"


class WithoutFactorFilter(admin.SimpleListFilter):
    """Operators whom the setting "operators need a second factor" would send to add one."""

    title = _("two-factor sign-in")
    parameter_name = "two_factor"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("missing", str(_("operators without a second factor")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() != "missing":
            return queryset
        return queryset.filter(is_staff=True, is_active=True).exclude(factor_exists())


class WithFactors(admin.ModelAdmin[User]):
    """A mixin for the admin of people."""

    def get_urls(self) -> list[URLPattern]:
        return [button(self, self.remove_factors, REMOVE), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the person's factors to the page, without their secrets."""
        obj: User | None = kwargs.get("obj")
        if obj is not None:
            context["factors"] = load_factors(obj)
            if request.user.is_superuser and obj.pk != request.user.pk:
                context["remove_factors_url"] = reverse(f"admin:companies_user_{REMOVE}", args=[obj.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def remove_factors(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove the factors of somebody who lost everything. Not one's own: the account page asks for one first."""
        if not request.user.is_superuser or pk == request.user.pk:
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        form = ReasonForm(request.POST)
        if form.is_valid():
            self._remove(request, person, form.cleaned_data["reason"])
            messages.success(
                request, gettext("The two-factor sign-in of %(email)s is removed.") % {"email": person.email}
            )
        else:
            messages.error(request, gettext("Nothing was removed: a reason is needed."))
        return redirect("admin:companies_user_change", person.pk)

    @transaction.atomic
    def _remove(self, request: HttpRequest, person: User, reason: str) -> None:
        if remove_all_factors(person, partial(record, request=request), {"reason": reason}):
            told = {"name": gettext_noop("two-factor sign-in"), "object": person.email}
            self.log_change(request, person, [{"deleted": told}])
