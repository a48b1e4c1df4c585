"""Beside each field of the administration stands what it is for, unless its name says so."""

from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.test import RequestFactory

from plans.models import Plan
from tests.companies.factories import make_person

# With the model, for the same word may need more elsewhere.
SAYS_ENOUGH = {
    "User.email", "User.name", "User.is_active", "User.by_mail", "Group.name", "Installation.remove_logo",
    "Plan.rename_is_meant",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("owner", site._registry.values(), ids=lambda owner: owner.opts.label)
def test_each_field_says_what_it_is_for(owner: ModelAdmin[Any]) -> None:
    request = RequestFactory().get("/")
    request.user = make_person("op@example.com", is_staff=True, is_superuser=True)
    forms = [owner.get_form(request)] if owner.has_add_permission(request) else []
    if owner.has_change_permission(request):
        row = Plan(name="Pro") if owner.model is Plan else owner.model()
        forms.append(owner.get_form(request, row, change=True))
    bare = {
        f"{owner.opts.object_name}.{name}"
        for form in forms
        for name, field in form.base_fields.items()
        if not field.help_text
    }
    assert bare - SAYS_ENOUGH == set()
