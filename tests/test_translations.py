"""Every message of the sources stands in each of our catalogues, and what is compiled is what is written."""

import gettext
import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.catalogues import ROOT, catalogue_of, placeholders, read_catalogue

SOURCES = ("billing", "companies", "plans", "templates", "ticketz")
both_languages = pytest.mark.parametrize("locale", ["pt_BR", "es"])


@pytest.fixture(scope="module")
def in_sources(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Context and text of each message that stands in the sources now, found in a copy of them."""
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is not installed here")
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-location"]
    environment = {name: text for name, text in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    return {message.key for message in read_catalogue(copy / "locale/es/LC_MESSAGES/django.po")}


@both_languages
def test_every_message_of_the_sources_is_in_the_catalogue_and_nothing_else(
    locale: str, in_sources: set[tuple[str, str]]
) -> None:
    catalogue = {message.key for message in read_catalogue(catalogue_of(locale))}
    assert (in_sources - catalogue, catalogue - in_sources) == (set(), set())


@both_languages
def test_every_message_is_translated(locale: str) -> None:
    messages = read_catalogue(catalogue_of(locale))
    assert messages
    assert not [message.source for message in messages if message.is_fuzzy or not all(message.texts)]


@both_languages
def test_a_translation_holds_the_placeholders_of_its_source(locale: str) -> None:
    for message in read_catalogue(catalogue_of(locale)):
        for text in message.texts:
            assert placeholders(text) == placeholders(message.plural or message.source), message.source


@both_languages
def test_a_translation_ends_and_breaks_lines_like_its_source(locale: str) -> None:
    for message in read_catalogue(catalogue_of(locale)):
        for text in message.texts:
            assert text.count("\n") == message.source.count("\n"), message.source
            assert text.endswith(".") == message.source.endswith("."), message.source


def test_spanish_says_of_after_a_number_of_millions_only() -> None:
    """Its second form is that of whole millions, easily taken for the usual one: “dos millones de empresas”."""
    for message in read_catalogue(catalogue_of("es")):
        if message.plural:
            assert not re.search(r"%\(\w+\)s de [a-z]", message.texts[2]), message.source


@both_languages
def test_the_compiled_catalogue_is_the_written_one(locale: str) -> None:
    """A fresh machine has no gettext to compile with."""
    with catalogue_of(locale).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in read_catalogue(catalogue_of(locale)):
        if message.plural:
            numbers = (1, 2, 1_000_000)
            if message.context:
                words = message.context, message.source, message.plural
                said = {compiled.npgettext(*words, number) for number in numbers}
            else:
                said = {compiled.ngettext(message.source, message.plural, number) for number in numbers}
            assert said == set(message.texts)
        elif message.context:
            assert compiled.pgettext(message.context, message.source) == message.texts[0]
        else:
            assert compiled.gettext(message.source) == message.texts[0]
