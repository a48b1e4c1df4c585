"""Reasons are stored in English and told in the reader's language."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from billing.wording import reasons as of_billing
from companies.audit.log import COMMAND_LINE
from companies.wording.reasons import Reason, day_in_words, translated_reason


@pytest.fixture
def spanish() -> Iterator[None]:
    with translation.override("es"):
        yield


@pytest.mark.usefixtures("spanish")
def test_a_reason_of_ours_is_told_with_its_values_in_the_readers_language() -> None:
    stored = of_billing.SAID_BEFORE(
        number=7, text="Active", day="2026-12-03", text_before="Suspended, due 3 (was bad)", day_before=None
    )
    assert stored.startswith("WHMCS service 7: Active, due 2026-12-03 (was Suspended")
    assert translated_reason(stored) == (
        "Servicio 7 de WHMCS: Active, vence 3 de diciembre de 2026 (antes Suspended, due 3 (was bad), vencía –)"
    )


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize("typed", ["", "court order", "WHMCS service x: Active, due tomorrow", "50 % (%s) %(day)s"])
def test_what_a_person_typed_is_told_as_it_was_typed(typed: str) -> None:
    assert translated_reason(typed) == typed


@pytest.mark.parametrize("reason", Reason.known, ids=lambda reason: reason.sentence[:30])
def test_each_reason_recognises_what_it_wrote(reason: Reason) -> None:
    values = {
        "number": 7,
        "number_of_client": 8,
        "number_before": 8,
        "number_after": 9,
        "text": "a\nb",
        "text_before": "c",
        "day": None,
        "day_before": "2026-01-02",
    }
    assert reason.read(reason(**values)) is not None
    assert reason.read(reason(**values) + "!") is None or reason.sentence.endswith("%(text)s")


@pytest.mark.usefixtures("spanish")
def test_who_used_the_command_line_is_told_in_the_readers_language() -> None:
    assert translated_reason(COMMAND_LINE) == "línea de comandos"


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("2026-11-27", "27 de noviembre de 2026"),
        ("2026-11-27 02:32:46.044210+00:00", "27 de noviembre de 2026 a las 02:32"),
        ("2026-11-27T02:32:46Z", "2026-11-27T02:32:46Z"),
        ("2026-11-27 99:99:99+00:00", "2026-11-27 99:99:99+00:00"),
    ],
)
def test_a_day_and_a_moment_stand_as_the_reader_writes_them(stored: str, words: str) -> None:
    assert day_in_words(stored) == words
