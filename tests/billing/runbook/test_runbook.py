"""The runbook is at hand in the administration, and says there what it says in its file."""

import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from billing.models import AttentionItem, Kind
from billing.runbook import sections
from billing.runbook.markup import to_html
from billing.runbook.page import url_of
from tests.billing.factories import make_gateway

pytestmark = pytest.mark.django_db
in_each_language = pytest.mark.parametrize("language", ["en", "es", "pt-br"])


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A copy of the documents, to take something away from."""
    copy = tmp_path / "runbook"
    shutil.copytree(sections.FOLDER, copy)
    monkeypatch.setattr(sections, "FOLDER", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    sections._whole_in.cache_clear()
    sections._sections_in.cache_clear()


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


@in_each_language
@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_of_what_needs_attention_has_a_page(operator: Client, kind: str, language: str) -> None:
    page = operator.get(url_of(kind) or "", headers={"accept-language": language}).content.decode()
    with translation.override(language):
        assert str(Kind(kind).label) in unescape(page)
    assert f'<section class="panel runbook" lang="{language}">\n<p>' in page


@in_each_language
def test_each_link_of_the_whole_leads_somewhere(operator: Client, language: str) -> None:
    page = operator.get("/admin/runbook/", headers={"accept-language": language}).content.decode()
    assert f'<section class="panel runbook" lang="{language}">\n<p>' in page, "and not the links to other languages"
    links = [part.split('"')[0] for part in page.split('<section class="panel runbook"')[1].split('<a href="')[1:]]
    assert "/admin/runbook/losses_held/" in links
    assert {operator.get(link).status_code for link in links if link.startswith("/")} == {200}
    assert not [link for link in links if not link.startswith(("/admin/", "https://"))]


def test_an_item_leads_to_its_section(operator: Client) -> None:
    gateway = make_gateway("S")
    item = AttentionItem.objects.create(gateway=gateway, kind=Kind.CLOCK_DIFFERS, subject="gateway")
    for page in ("/admin/billing/attentionitem/", f"/admin/billing/attentionitem/{item.pk}/change/"):
        assert '<a href="/admin/runbook/clock_differs/">' in operator.get(page).content.decode()


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_not_written_in_the_readers_language_is_in_english(
    operator: Client, documents: Path, whole: bool
) -> None:
    spanish = documents / "es" / "README.md"
    if whole:
        spanish.unlink()
    else:
        spanish.write_text("# Manual\n\n-\n\n### losses_held\n\nAquí.\n")
    page = operator.get("/admin/runbook/paused/", headers={"accept-language": "es"}).content.decode()
    assert '<section class="panel runbook" lang="en">\n<p>Nothing is read until an operator says go' in page
    page = operator.get("/admin/runbook/", headers={"accept-language": "es"}).content.decode()
    assert ("In a hurry" in page) is whole
    assert ("Aquí." in page) is not whole


def test_what_needs_attention_is_called_as_its_list_calls_it(operator: Client) -> None:
    page = operator.get("/admin/runbook/", headers={"accept-language": "es"}).content.decode()
    assert "<h3>Las lecturas están en pausa</h3>" in page
    assert '<a href="/admin/runbook/paused/">Las lecturas están en pausa</a>' in page
    assert "<h3>TicketzPaused</h3>" in page


def test_a_section_that_there_is_not_is_not_found(operator: Client) -> None:
    assert operator.get("/admin/runbook/nothing/").status_code == 404
    assert operator.post("/admin/runbook/paused/").status_code == 405


def test_without_the_documents_nothing_leads_to_them(operator: Client, documents: Path) -> None:
    shutil.rmtree(documents)
    assert url_of("paused") is None
    assert operator.get("/admin/runbook/").status_code == 404
    assert operator.get("/admin/runbook/paused/").status_code == 404
