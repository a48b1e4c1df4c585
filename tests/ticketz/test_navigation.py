"""Operators find things by what they want to do, and see nothing that they may not open."""

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.test import Client

from tests.companies.factories import helper, make_person, sign_in
from ticketz.navigation import OTHER, TASKS, by_task


def tasks_of(client: Client) -> list[tuple[str, list[str]]]:
    groups = client.get("/admin/").context["available_apps"]
    return [(group["app_label"], [entry["object_name"] for entry in group["models"]]) for group in groups]


def test_every_list_has_a_task_and_every_task_has_lists() -> None:
    named = [label for task in TASKS for label in task.models]
    assert sorted(named) == sorted(model._meta.label for model in site._registry)
    assert all(apps.get_model(label) for label in named)


def test_a_list_that_was_given_no_task_comes_last_rather_than_nowhere() -> None:
    model = apps.get_model("contenttypes.ContentType")
    models = (model, apps.get_model("plans.Plan"))
    entries = [{"model": each, "name": each._meta.verbose_name_plural} for each in models]
    assert [group["app_label"] for group in by_task(entries, "/")] == ["plans", OTHER.key]


@pytest.mark.django_db
def test_tasks_come_in_the_order_of_the_work() -> None:
    client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    assert [key for key, _ in tasks_of(client)][: len(TASKS)] == [task.key for task in TASKS]


@pytest.mark.django_db
def test_who_may_see_one_list_is_shown_one_task() -> None:
    client = helper("view_event")
    assert tasks_of(client) == [("companies", ["Event"])]
    page = client.get("/admin/companies/event/").content.decode()
    assert 'href="/admin/companies/event/" aria-current="page"' in page
    assert "/admin/companies/company/" not in page


@pytest.mark.django_db
def test_the_page_of_a_django_app_leads_to_the_start() -> None:
    client = helper("view_event")
    for app in ("companies", "billing", "plans", "auth"):
        assert client.get(f"/admin/{app}/")["Location"] == "/admin/"


@pytest.mark.django_db
def test_an_operator_changes_the_language_and_is_back_on_the_same_page() -> None:
    client = helper("view_event")
    page = client.get("/admin/companies/event/?q=x").content.decode()
    assert '<input type="hidden" name="next" value="/admin/companies/event/?q=x">' in page
    answer = client.post("/i18n/setlang/", {"language": "es", "next": "/admin/companies/event/?q=x"})
    assert answer["Location"] == "/admin/companies/event/?q=x"
    assert "Empresas" in client.get(answer["Location"]).content.decode()


@pytest.mark.django_db
def test_where_a_page_can_not_be_opened_again_no_language_is_offered() -> None:
    client = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))
    address = f"/admin/companies/user/{make_person().pk}/"
    assert 'name="language"' in client.get(f"{address}change/").content.decode()
    assert 'name="language"' not in client.post(f"{address}set-password-link/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("/admin/billing/syncrun/", 403), ("/admin/nowhere/", 404)])
def test_an_error_leads_an_operator_back_to_the_start(address: str, status: int) -> None:
    answer = helper("view_event").get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert '<a href="/admin/">' in page
    assert "owner of your company" not in page


@pytest.mark.django_db
def test_an_error_leads_anybody_else_back_to_their_own_start() -> None:
    page = sign_in(make_person()).get("/nowhere/").content.decode()
    assert '<a href="/">' in page
    assert "/admin/" not in page
