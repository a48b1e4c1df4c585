"""One word for one thing: what a message calls something, its translations call by the word that is used for it."""

import re

import pytest

from tests.catalogues import catalogue_of, read_catalogue

# What an English message speaks of, and how Spanish and Portuguese call that.
WORDS = [
    (r"\b(un)?lock", {"es": "bloqu[eé]|sin acceso", "pt_BR": "bloqu[eé]|sem acesso"}),
    (r"\bgateway\b", {"es": "pasarela", "pt_BR": "gateway"}),
    (r"\bpreviews?\b", {"es": "vistas? previas?", "pt_BR": "prévia"}),
    (r"\bproduct code\b", {"es": "código del producto|el código es", "pt_BR": "código"}),
    (r"\b(the|its) (run|sync)\b", {"es": "sincronizaci", "pt_BR": "sincronizaç"}),
    (r"^status$", {"es": "^estado$", "pt_BR": "^status$"}),
    (r"\bpasskeys?\b", {"es": "claves? de acceso", "pt_BR": "chaves? de acesso"}),
    (r"\bseats?\b", {"es": "plaza", "pt_BR": "lugar"}),
]
NAMES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
both_languages = pytest.mark.parametrize("locale", ["es", "pt_BR"])


@both_languages
def test_a_thing_is_called_the_same_in_every_message(locale: str) -> None:
    strangers = [
        message.source
        for message in read_catalogue(catalogue_of(locale))
        for told, words in WORDS
        if re.search(told, NAMES.sub("", message.source), re.I)
        and not re.search(words[locale], " ".join(message.texts), re.I)
    ]
    assert not strangers


@both_languages
def test_what_billing_closes_is_not_called_what_an_operator_locks(locale: str) -> None:
    for message in read_catalogue(catalogue_of(locale)):
        assert not re.search(r"\bblocked\b", message.source, re.I), message.source
        if re.search("bloqu[eé]", " ".join(message.texts), re.I):
            assert re.search("lock|ban", message.source, re.I), message.source


@both_languages
def test_quotation_marks_are_of_one_kind(locale: str) -> None:
    assert not [m.source for m in read_catalogue(catalogue_of(locale)) if re.search("[«»]", " ".join(m.texts))]


@both_languages
def test_to_leave_a_company_is_not_called_what_signing_out_is(locale: str) -> None:
    texts = {message.source: message.texts for message in read_catalogue(catalogue_of(locale)) if not message.context}
    assert texts["Leave"] != texts["Sign out"]
