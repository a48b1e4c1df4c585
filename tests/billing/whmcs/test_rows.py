"""From WHMCS's many ways to write a number, a date, a status, an override, to the few facts that count."""

from datetime import date
from typing import Any

import pytest

from tests.billing.whmcs.reading import FACTS, facts_of, page_of, problem_of
from tests.billing.whmcs.wire import products, service


@pytest.mark.parametrize("number", [1, "1", " 1", "001", 1.0, "1.0"])
def test_a_number_is_the_same_however_it_is_written(number: Any) -> None:
    assert facts_of(id=number, clientid=number, pid=number)[:3] == (1, 1, 1)


@pytest.mark.parametrize("number", [0, -1, 1.5, True, False, None, "", "x", 2**63, 2**70, "9" * 5000, [1], {}])
def test_what_is_no_number_of_whmcs_puts_its_row_aside(number: Any) -> None:
    assert problem_of(id=number).service_id is None
    bad = problem_of(clientid=number)
    assert bad.service_id == 1
    assert bad.params["field"] == "clientid"


@pytest.mark.parametrize("unset", ["0000-00-00", "-0001-11-30", "-0001-11-30 00:00:00", "", None])
def test_whmcs_has_its_ways_to_write_no_date(unset: Any) -> None:
    assert facts_of(nextduedate=unset).due_date is None


@pytest.mark.parametrize("text", ["9999-12-31", "1990-01-01", "2028-02-29"])
def test_a_date_at_the_edge_is_a_date(text: str) -> None:
    assert facts_of(nextduedate=text).due_date == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "1970-01-01",
        "31/12/2026",
        "2026-02-30",
        "20266-01-01",
        "2026-1-1",
        "٢٠٢٦-٠١-٠١",
        "2026-12-01\n",
        20261201,
        True,
        [],
    ],
)
def test_garbage_for_a_date_puts_its_row_aside(text: Any) -> None:
    assert problem_of(nextduedate=text).params["field"] == "nextduedate"


@pytest.mark.parametrize("field", ["status", "nextduedate", "pid", "clientid"])
def test_a_missing_field_puts_its_row_aside(field: str) -> None:
    row = service(1)
    del row[field]
    page = page_of(products([row, service(2)]))
    assert [bad.service_id for bad in page.bad] == [1]
    assert [row.service_id for row in page.rows] == [2]


@pytest.mark.parametrize("status", ["Active", "active ", "АКТИВЕН", "", "Something New"])
def test_the_status_is_whmcs_word_as_sent(status: str) -> None:
    assert facts_of(status=status).status == status


@pytest.mark.parametrize("on", ["1", 1, True, "on"])
def test_an_override_lasts_until_its_date_or_for_ever(on: Any) -> None:
    override = {"overideautosuspend": on, "overidesuspenduntil": "2027-01-01"}
    assert facts_of(**override).override_until == date(2027, 1, 1)
    assert facts_of(overideautosuspend=on).override_until == date.max


@pytest.mark.parametrize("off", ["", "0", 0, False, None])
def test_an_override_that_is_off_has_no_date(off: Any) -> None:
    assert facts_of(overideautosuspend=off, overidesuspenduntil="2027-01-01").override_until is None


def test_an_override_that_is_neither_puts_its_row_aside() -> None:
    assert problem_of(overideautosuspend="maybe").code == "bad_override"


@pytest.mark.parametrize("field", ["name", "notes", "password", "username"])
@pytest.mark.parametrize("poison", ["\0", "\ud800", "\udc00 x \ud83d", "\\ud800", "x" * 100_000])
def test_poison_in_a_field_that_is_not_read_harms_nobody(field: str, poison: str) -> None:
    assert facts_of(**{field: poison}) == FACTS


def test_an_emoji_beside_a_lone_surrogate_stays_what_it_is() -> None:
    page = page_of(products([service(1, status="\ud800"), service(2, status="👍 \\ud800")]))
    assert page.bad[0].code == "unstorable_text"
    assert page.rows[0].status == "👍 \\ud800"


def test_an_offending_value_is_shown_escaped_and_short() -> None:
    shown = problem_of(status="\0\u202e" + "x" * 5000).params["value"]
    assert len(shown) <= 60
    assert shown.isprintable()


def test_a_bad_row_is_explained_in_a_sentence() -> None:
    assert str(problem_of(nextduedate="31/02")) == "Service 1 can't be read: nextduedate is '31/02' and not a date."
