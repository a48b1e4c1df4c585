"""The operator's name, logo and colour."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from companies.brand import current
from companies.brand.colours import DARK, LIGHT, READABLE, contrast, decide_palette, is_colour, is_readable
from companies.brand.logos import picture_type
from companies.models import AuditEntry, Installation
from tests.companies.brand.pictures import png
from tests.companies.factories import make_company, make_person, sign_in
from ticketz.environment import BASE_DIR

SETTINGS = "/admin/companies/installation/1/change/"
SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def boss() -> Client:
    return sign_in(make_person("boss@example.com", is_staff=True, is_superuser=True))


def save(client: Client, *, logo: bytes | None = None, name: str = "logo.png", **typed: str) -> str:
    """What the page of the settings answers."""
    files = {"new_logo": SimpleUploadedFile(name, logo, "image/png")} if logo is not None else {}
    answer = client.post(SETTINGS, {**typed, **files}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_customers_read_the_operators_name_from_sign_in_on() -> None:
    client = boss()
    save(client, product_name="Atendimento & Cia", accent_colour="#AA3300", logo=png())
    customer = sign_in(make_person(company=make_company()))
    for page in (Client().get("/accounts/login/"), customer.get("/"), customer.get("/team/"), customer.get("/none/")):
        text = page.content.decode()
        assert "· Atendimento &amp; Cia</title>" in text
        assert "Ticketz" not in text
        assert "/brand/" in text


@pytest.mark.django_db
def test_the_administration_keeps_its_own_look() -> None:
    client = boss()
    page = save(client, product_name="Helpdesk", accent_colour="#aa3300")
    assert "colours.css" not in page
    assert "· Ticketz</title>" in page


@pytest.mark.django_db
def test_where_nothing_is_set_it_is_ticketz() -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert "· Ticketz</title>" in page
    assert "/brand/" not in page


@pytest.mark.django_db
def test_the_logo_is_kept_by_browsers_and_is_nothing_but_a_picture() -> None:
    save(boss(), logo=png())
    address = current.load_brand().logo_url
    answer = Client().get(address)
    assert (answer.content, answer["Content-Type"]) == (png(), "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.django_db
def test_another_logo_has_another_address_and_the_old_one_is_gone() -> None:
    client = boss()
    save(client, logo=png())
    before = current.load_brand().logo_url
    save(client, logo=png() + b"more")
    after = current.load_brand().logo_url
    assert before != after
    assert [Client().get(address).status_code for address in (before, after)] == [404, 200]
    save(client, remove_logo="on")
    assert current.load_brand().logo_url == ""
    assert Client().get(after).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (SCRIPT, "no PNG, JPEG or WebP"),
        (b"\xff\xd8", "no PNG, JPEG or WebP"),
        (b"GIF89a" + b"\0" * 20, "no PNG, JPEG or WebP"),
        (png() + b"\0" * 20_000, "larger than 20 kB"),
    ],
)
def test_what_is_no_small_picture_is_refused_whatever_it_is_called(data: bytes, why: str) -> None:
    assert why in save(boss(), logo=data)
    assert not Installation.objects.exclude(logo_digest="").exists()


@pytest.mark.parametrize(
    ("data", "kind"),
    [(png(), "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"), (b"", "")],
)
def test_a_picture_is_what_its_bytes_say(data: bytes, kind: str) -> None:
    assert picture_type(data) == kind


@pytest.mark.django_db
def test_the_colour_comes_as_a_style_sheet_with_its_own_address() -> None:
    save(boss(), accent_colour="#AA3300")
    answer = Client().get(current.load_brand().colours_url)
    assert answer["Content-Type"].startswith("text/css")
    assert "--pico-primary-background: #aa3300;" in answer.content.decode()
    assert Client().get(reverse("brand_colours", args=["0" * 16])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["red", "#12345", "#3457d5;}body{display:none", "url(x)", "#777777"])
def test_a_colour_that_is_none_or_that_text_can_not_be_read_on_is_refused(typed: str) -> None:
    page = save(boss(), accent_colour=typed)
    assert 'class="errorlist"' in page
    assert not Installation.objects.exclude(accent_colour="").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["Evil\r\nBcc: all@example.com", "Ab\u202egpj", "x" * 41])
def test_a_name_is_one_plain_line(typed: str) -> None:
    assert 'class="errorlist"' in save(boss(), product_name=typed)


@pytest.mark.parametrize("colour", ["#3457d5", "#ffffff", "#000000", "#ffcc00", "#00ff00", "#0a1a3a", "#ff0066"])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_words_can_be_read_in_every_colour_that_is_accepted(colour: str, theme: object) -> None:
    assert is_colour(colour)
    assert is_readable(colour)
    assert theme in (LIGHT, DARK)
    palette = decide_palette(colour, LIGHT if theme is LIGHT else DARK)
    place = LIGHT if theme is LIGHT else DARK
    pairs = [(palette.text, palette.fill), (palette.text, palette.fill_hover)]
    pairs += [(words, on) for words in (palette.link, palette.link_hover) for on in (place.page, place.card)]
    assert min(contrast(*pair) for pair in pairs) >= READABLE
    assert contrast(palette.border, place.card) >= 3


def test_colours_are_judged_on_what_the_pages_really_have() -> None:
    css = (BASE_DIR / "static/ticketz.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    assert f"--page: {LIGHT.page};" in light
    assert f"--page: {DARK.page};" in dark
    assert f"--pico-card-background-color: {DARK.card};" in dark


@pytest.mark.django_db
def test_pages_ask_for_the_brand_once_in_half_a_minute(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Client().get("/accounts/login/")
    with django_assert_num_queries(0):
        Client().get("/accounts/login/")


@pytest.mark.django_db
def test_a_page_comes_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Installation:
        raise DatabaseError

    monkeypatch.setattr(Installation, "load", fail)
    assert current.load_brand() == current.Brand()
    monkeypatch.undo()
    assert current.load_brand().name == "Ticketz"


@pytest.mark.django_db
def test_what_was_changed_is_in_the_audit_log_without_the_picture() -> None:
    save(boss(), product_name="Helpdesk", logo=png())
    entry = AuditEntry.objects.get(code="settings_changed")
    assert entry.details["product_name"] == " \u2192 Helpdesk"
    assert entry.details["new_logo"] == "changed"
