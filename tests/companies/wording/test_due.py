"""How far away a day is, in words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format

from companies.wording.due import due_sentence, next_look_sentence

TODAY, NOW = date(2026, 3, 10), datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (12, "Renews in 12 days, on March 22, 2026."),
        (1, "Renews in 1 day, on March 11, 2026."),
        (0, "Renews today."),
        (-1, "Was due 1 day ago, on March 9, 2026."),
        (-2, "Was due 2 days ago, on March 8, 2026."),
    ],
)
def test_a_due_date_is_told_in_days(days: int, words: str) -> None:
    assert due_sentence(TODAY + timedelta(days=days), TODAY) == words


def test_one_day_is_no_plural_in_any_language() -> None:
    for language, one, many in (("pt-br", "em 1 dia,", "em 2 dias,"), ("es", "en 1 día,", "en 2 días,")):
        with translation.override(language):
            assert one in due_sentence(TODAY + timedelta(days=1), TODAY)
            assert many in due_sentence(TODAY + timedelta(days=2), TODAY)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "within 1 minute."), (61, "within 2 minutes."), (300, "within 5 minutes."), (6 * 3600, "in about 6 hours.")],
)
def test_the_next_look_is_told_roughly(seconds: int, words: str) -> None:
    assert next_look_sentence(NOW + timedelta(seconds=seconds), NOW) == f"The next look is {words}"


def test_where_nobody_looks_that_is_said() -> None:
    assert "not being read" in next_look_sentence(None, NOW)


def test_a_month_within_a_date_is_written_as_the_language_writes_it() -> None:
    for language, said in (
        ("pt-br", "16 de dezembro de 2026"),
        ("es", "16 de diciembre de 2026"),
        ("en", "Dec. 16, 2026"),
    ):
        with translation.override(language):
            assert date_format(date(2026, 12, 16), "DATE_FORMAT") == said
