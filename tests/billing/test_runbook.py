"""The runbook is at hand in the administration, and says there what it says in its file."""

from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.runbook import sections
from billing.runbook.markup import to_html
from billing.runbook.page import url_of
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    return sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))


def test_a_link_leads_where_its_target_is_here_and_else_its_text_is_left() -> None:
    text = "See [losses](#losses_held), [*the* guide](guide.md) and [us](https://x.example/)."
    made = to_html(text, {"#losses_held": "/here/", "https://x.example/": "https://x.example/"}.get)
    assert made == (
        '<p>See <a href="/here/">losses</a>, <em>the</em> guide and <a href="https://x.example/">us</a>.</p>\n'
    )


@pytest.mark.parametrize(
    "text",
    ["<b>&\"'", "`<b>` *<i>* **a `<` b**", '[<b>](https://x.example/?a=1&b="x")', "    <b>\n    &", "* <b>\n* &"],
)
def test_nothing_in_it_is_taken_for_html(text: str) -> None:
    made = to_html(text, lambda target: target)
    assert "<b>" not in made
    assert "<i>" not in made
    assert 'b="' not in made


@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_of_what_needs_attention_has_a_page(operator: Client, kind: str) -> None:
    page = operator.get(url_of(kind) or "").content.decode()
    assert str(Kind(kind).label) in unescape(page)
    assert '<section class="panel runbook" lang="en">\n<p>' in page


def test_each_link_of_the_whole_leads_somewhere(operator: Client) -> None:
    page = operator.get("/admin/runbook/").content.decode()
    links = [part.split('"')[0] for part in page.split('<section class="panel runbook"')[1].split('<a href="')[1:]]
    assert "/admin/runbook/losses_held/" in links
    assert {operator.get(link).status_code for link in links if link.startswith("/")} == {200}
    assert not [link for link in links if not link.startswith(("/admin/", "https://"))]


def test_an_item_leads_to_its_section(operator: Client) -> None:
    gateway = WhmcsGateway.objects.create(name="S", base_url="https://s.example", api_identifier="i", product_code=1)
    item = AttentionItem.objects.create(gateway=gateway, kind=Kind.CLOCK_DIFFERS, subject="gateway")
    for page in ("/admin/billing/attentionitem/", f"/admin/billing/attentionitem/{item.pk}/change/"):
        assert '<a href="/admin/runbook/clock_differs/">' in operator.get(page).content.decode()


def test_who_reads_another_language_is_told_that_it_is_in_english(operator: Client) -> None:
    said = "O manual de incidentes está em inglês."
    assert said in operator.get("/admin/runbook/paused/", headers={"accept-language": "pt-br"}).content.decode()
    assert "in English" not in operator.get("/admin/runbook/paused/").content.decode()


def test_a_section_that_there_is_not_is_not_found(operator: Client) -> None:
    assert operator.get("/admin/runbook/nothing/").status_code == 404
    assert operator.post("/admin/runbook/paused/").status_code == 405


def test_without_the_document_nothing_leads_to_it(
    operator: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sections, "FILE", tmp_path / "none.md")
    sections.load_text.cache_clear()
    sections.load_sections.cache_clear()
    try:
        assert url_of("paused") is None
        assert operator.get("/admin/runbook/").status_code == 404
    finally:
        sections.load_text.cache_clear()
        sections.load_sections.cache_clear()
