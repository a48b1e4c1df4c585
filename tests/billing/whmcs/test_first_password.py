import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.whmcs import FirstPassword, SecretText, Unusable, parse_first_password


def candidates(value: str) -> list[str]:
    parsed = parse_first_password(SecretText(value))
    assert isinstance(parsed, FirstPassword)
    return [candidate.reveal() for candidate in parsed.candidates]


@pytest.mark.parametrize(
    "typed",
    [
        "a&b<c>\"d'e", "&amp;x", " lead and trail ", "🔑 emoji", "é", "e\u0301", "كلمة السر", "x" * 64, "y" * 200,
        "%41", "\\u0041", "tab\there", "a", "12345",
    ],
)  # fmt: skip
@pytest.mark.parametrize("escaped", [False, True])
def test_what_was_typed_is_among_the_candidates_raw_or_escaped(typed: str, escaped: bool) -> None:
    sent = typed
    if escaped:
        for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#039;")):
            sent = sent.replace(plain, entity)
    assert typed in candidates(sent)
    assert candidates(sent)[0] == sent


def test_a_plain_password_has_one_candidate() -> None:
    assert candidates("correct horse") == ["correct horse"]


def test_entities_are_decoded_once_and_not_again() -> None:
    assert candidates("&amp;amp;") == ["&amp;amp;", "&amp;"]


def test_a_link_around_the_whole_value_is_taken_off() -> None:
    link = '<a href="https://x.example/?a&amp;b" rel="nofollow">https://x.example/?a&amp;b</a>'
    assert "https://x.example/?a&b" in candidates(link)
    assert "x" not in candidates('<a href="y">x</a> z')


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (None, "missing"),
        ("", "empty"),
        ("a\0b", "unreadable"),
        ("\ud800", "unreadable"),
        ("é" * 513, "too_long"),
        ("vNRQzRPKQA6obJpHMHCBivS0D9/kL2mN8pQrStUvWx0=", "encrypted"),
    ],
)
def test_what_cannot_be_typed_is_unusable_with_a_reason(sent: str | None, reason: str) -> None:
    assert parse_first_password(None if sent is None else SecretText(sent)) == Unusable(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    ["é" * 512, "abcdefghijklmnopqrstuvwxyzabcdef", "correcthorsebatterystaplecorrect", "A1b2C3d4E5f6G7h8"],
)
def test_a_long_password_is_not_taken_for_an_encrypted_one(typed: str) -> None:
    assert candidates(typed) == [typed]


@given(st.text())
def test_any_text_is_either_usable_as_received_or_refused_with_a_reason(text: str) -> None:
    parsed = parse_first_password(SecretText(text))
    if isinstance(parsed, FirstPassword):
        assert parsed.candidates[0].reveal() == text


def test_a_secret_is_seen_nowhere() -> None:
    secret = SecretText("canary")
    assert str(secret) == repr(secret) == "***"
    assert "canary" not in repr(FirstPassword((secret,)))
    for give_away in (pickle.dumps, json.dumps, copy.copy, copy.deepcopy, format, vars):
        with pytest.raises(TypeError):
            give_away(secret)
    with pytest.raises(TypeError):
        f"{secret}"
