"""From WHMCS's many ways to write a service to the few facts that count."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.errors import BillingError, GatewayProtocolError
from billing.whmcs import BadRow, Page, RowFormat, ServiceFacts
from billing.whmcs.envelope import Call
from billing.whmcs.reader import Asked, RowReader
from billing.whmcs.transport import Answer
from tests.billing.whmcs.wire import products, service

SAMPLES = Path(__file__).parent / "samples"
# A name with an entity whose number Python refuses to read.
ENDLESS = f"&#{'9' * 5000};"
FACTS = ServiceFacts(1, 7, 3, "Active", date(2026, 12, 1), "Basic", None)


def page_of(body: bytes, asked: Asked | None = None, row_format: RowFormat | None = None) -> Page:
    reader = RowReader(row_format or RowFormat())
    return reader.read(Answer(200, body, "", ""), asked or Asked(), Call("GetClientsProducts", str))


def facts_of(**fields: Any) -> ServiceFacts:
    """The facts of one service that differs from the usual one in `fields`."""
    page = page_of(products([service(1, **fields)]))
    assert not page.bad
    return page.rows[0]


def problem_of(**fields: Any) -> BadRow:
    """Why a service that differs in `fields` is put aside, while the one beside it is not."""
    page = page_of(products([service(1, **fields), service(2)]))
    assert [row.service_id for row in page.rows] == [2]
    assert page.returned == 2
    [bad] = page.bad
    return bad


def options(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return {"configoption": [{"id": 1, "option": name, "type": "dropdown", "value": value} for name, value in pairs]}


def flattened(value: Any, key: str) -> dict[str, Any]:
    """PHP's old way: `products[product][0][id]`."""
    if not isinstance(value, dict | list):
        return {key: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for name, below in items for k, v in flattened(below, f"{key}[{name}]").items()}


ROW = service(1)


@pytest.mark.parametrize(
    "shape",
    [
        {"products": {"product": [ROW]}},
        {"products": {"product": ROW}},
        {"products": {"product": {"0": ROW}}},
        {"products": {"product": {"1": ROW}}},
        {"products": [ROW]},
        {"products": {"0": ROW}},
        {"products": {"product": [ROW, "", None]}},
        flattened({"product": [ROW]}, "products"),
        {"products": {"product": [{**ROW, "id": 1, "clientid": 7, "pid": 3}]}, "totalresults": 1},
    ],
)
def test_every_known_form_of_a_list_holds_the_same_service(shape: dict[str, Any]) -> None:
    page = page_of(json.dumps({"result": "success", **shape}).encode())
    assert page.rows == [FACTS]
    assert not page.bad
    password = page.first_password(1)
    assert password is not None
    assert password.reveal() == "typed in the cart"


@pytest.mark.parametrize(
    "empty",
    [
        {"products": ""},
        {"products": None},
        {"products": []},
        {"products": {}},
        {"products": {"product": ""}},
        {"products": {"product": []}},
        {"products": {"product": {}}},
        {"products": {"product": None}},
        {"totalresults": 0},
        {"totalresults": "37", "numreturned": 0},
    ],
)
def test_every_known_form_of_nothing_is_a_page_without_rows(empty: dict[str, Any]) -> None:
    page = page_of(json.dumps({"result": "success", **empty}).encode())
    assert (page.returned, page.rows, page.bad) == (0, [], [])


@pytest.mark.parametrize("empty", ["", None, [], {}, {"configoption": []}, {"configoption": ""}, {"configoption": {}}])
def test_every_known_form_of_no_options_is_no_plan(empty: Any) -> None:
    assert facts_of(configoptions=empty) == FACTS._replace(plan_value=None)


OPTION = {"id": "1", "option": "Plan", "type": "dropdown", "value": "Basic"}


@pytest.mark.parametrize("shape", [{"configoption": OPTION}, {"configoption": {"0": OPTION}}, [OPTION], {"5": OPTION}])
def test_every_known_form_of_options_holds_the_plan(shape: Any) -> None:
    assert facts_of(configoptions=shape) == FACTS


@pytest.mark.parametrize("other", [{"option": None}, {"option": 2026}, {"name": "Seats"}, {}, "Seats", 7, []])
def test_an_option_whose_name_can_t_be_read_keeps_nobody_from_the_plan_beside_it(other: Any) -> None:
    for both in ([other, OPTION], [OPTION, other]):
        assert facts_of(configoptions={"configoption": both}) == FACTS
    assert facts_of(configoptions={"configoption": [{**OPTION, "option": ENDLESS}, OPTION]}) == FACTS
    assert problem_of(configoptions={"configoption": [other, {**OPTION, "option": "Seats"}]}).service_id == 1


def test_the_official_samples_are_read() -> None:
    for name in ("8.12-two-services", "2021-ordernumber", "2017-nested"):
        page = page_of((SAMPLES / f"gcp-docs-{name}.json").read_bytes())
        assert page.total == page.returned == 2
        assert [(row.service_id, row.product_id, row.status) for row in page.rows] == [
            (1, 1, "Terminated"),
            (2, 3, "Active"),
        ]
        assert page.rows[1].due_date == date(2017, 1, 20)


def test_a_service_without_a_number_is_bad_and_not_lost() -> None:
    page = page_of((SAMPLES / "gcp-continuum-single-object.json").read_bytes())
    assert page.returned == 1
    assert page.bad[0].service_id is None


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


@pytest.mark.parametrize("value", ["Basic", " Basic ", "basic", "A &amp; B", "x|Basic", "Basic\u00a0"])
def test_the_plans_value_is_as_received(value: str) -> None:
    assert facts_of(configoptions=options(("Plan", value))).plan_value == value


def test_a_quantity_as_plan_becomes_text() -> None:
    assert facts_of(configoptions=options(("Plan", 10))).plan_value == "10"


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_plan_is_none(value: Any) -> None:
    assert facts_of(configoptions=options(("Plan", value))).plan_value is None


@pytest.mark.parametrize("name", ["Plan", " plan ", "PLAN", "Plan|Choose one", "plan_id|Plan", "x| Plan "])
def test_an_option_is_found_by_either_side_of_its_name(name: str) -> None:
    assert facts_of(configoptions=options(("Other", "x"), (name, "Basic"))).plan_value == "Basic"


@pytest.mark.parametrize("value", [3.5, True, ["a", "b"], {"id": 1}])
def test_an_odd_value_of_another_option_takes_nothing_from_the_plan(value: Any) -> None:
    assert facts_of(configoptions=options(("Other", value), ("Plan", "Basic"))) == FACTS
    assert problem_of(configoptions=options(("Plan", value))).code == "bad_text"


def test_names_are_compared_with_their_entities_decoded_once() -> None:
    body = products([service(1, configoptions=options(("Plan &amp; more", "Basic")))])
    assert page_of(body, row_format=RowFormat(plan_option="Plan & more")).rows == [FACTS]


def test_two_options_of_that_name_are_ambiguous_unless_they_agree() -> None:
    assert problem_of(configoptions=options(("Plan", "A"), ("x|Plan", "B"))).code == "ambiguous_option"
    assert facts_of(configoptions=options(("Plan", "A"), ("x|Plan", "A"))).plan_value == "A"


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "a\0b", "\ud800", "x" * 5000])
def test_a_plan_that_is_no_storable_text_puts_its_row_aside(value: Any) -> None:
    assert problem_of(configoptions=options(("Plan", value))).service_id == 1


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


@pytest.mark.parametrize("entry", ["x", 17, True, [1]])
def test_an_entry_that_is_no_record_is_put_aside(entry: Any) -> None:
    page = page_of(products([entry, service(2)]))
    assert [bad.code for bad in page.bad] == ["not_an_object"]
    assert page.bad[0].position == 0
    assert len(page.rows) == 1


def test_positions_count_from_the_start_of_the_list() -> None:
    page = page_of(products([service(1), service(0)]), Asked(start=500))
    assert page.bad[0].position == 501


@pytest.mark.parametrize("odd", [{}, {"nextduedate": "garbage"}, {"clientid": "x"}])
def test_rows_of_another_product_are_counted_and_dropped_even_bad_ones(odd: dict[str, Any]) -> None:
    page = page_of(products([service(1), service(2, pid="4", **odd)]), Asked(product_id=3))
    assert (page.rows, page.bad, page.foreign_ids, page.returned) == ([FACTS], [], [2], 2)
    assert page.first_password(2) is None


def test_rows_of_another_service_are_dropped_when_one_was_asked_for() -> None:
    page = page_of(products([service(1), service(2)]), Asked(service_id=1))
    assert page.rows == [FACTS]


def test_only_the_wanted_custom_field_of_the_wanted_row_is_ever_decoded() -> None:
    fields = [{"name": "Other", "value": {"broken": [1]}}, {"name": "x| Password", "value": "a&amp;b"}]
    page = page_of(products([service(1, customfields={"customfield": fields}), service(2, customfields=17)]))
    password = page.first_password(1)
    assert password is not None
    assert password.reveal() == "a&amp;b"
    assert page.first_password(2) is None
    assert page.first_password(3) is None


@pytest.mark.parametrize(
    ("value", "typed"), [("abc", "abc"), (12345, "12345"), (1.50, "1.5"), ("", ""), (None, None), (True, None)]
)
def test_a_first_password_may_come_as_a_number(value: Any, typed: str | None) -> None:
    page = page_of(products([service(1, customfields={"customfield": [{"name": "Password", "value": value}]})]))
    password = page.first_password(1)
    assert (None if password is None else password.reveal()) == typed


@pytest.mark.parametrize(
    "other",
    [{"name": None, "value": "x"}, {"name": 7}, {"name": ["Password"]}, {"name": ENDLESS}, {}, None, "x", 5, []],
)
def test_another_custom_field_of_any_shape_keeps_nobody_from_their_first_password(other: object) -> None:
    fields = [other, {"name": "Password", "value": "typed in the cart"}]
    password = page_of(products([service(1, customfields={"customfield": fields})])).first_password(1)
    assert password is not None
    assert password.reveal() == "typed in the cart"


def test_two_password_fields_that_differ_are_none() -> None:
    fields = [{"name": "Password", "value": "a"}, {"name": "password", "value": "b"}]
    page = page_of(products([service(1, customfields={"customfield": fields})]))
    assert page.first_password(1) is None


def test_a_page_prints_no_custom_field() -> None:
    page = page_of(products([service(1)]))
    assert "cart" not in repr(page)
    assert "canary" not in repr(page)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["product", "0", "configoption", "customfield", "option", "value"]), inner)
    ),
    max_leaves=8,
)
ANY_ROW = st.dictionaries(st.sampled_from(sorted(ROW)), ANY_JSON).map(lambda odd: {**ROW, **odd})


@given(anything=ANY_JSON)
def test_any_json_is_a_page_or_a_named_error(anything: Any) -> None:
    try:
        page = page_of(json.dumps({"result": "success", "products": anything}).encode())
    except GatewayProtocolError:
        return
    assert len(page.rows) + len(page.bad) == page.returned


@given(odd=st.lists(ANY_ROW, max_size=3))
def test_odd_rows_never_harm_the_row_beside_them(odd: list[dict[str, Any]]) -> None:
    beside = 987_654_321
    page = page_of(products([*odd, service(beside)]))
    numbers = [row.service_id for row in page.rows] + [row.service_id for row in page.bad if row.service_id]
    assert len(numbers) == len(set(numbers))
    assert len(page.rows) + len(page.bad) <= page.returned == len(odd) + 1
    assert page.rows[-1].service_id == beside
    for row in page.rows:
        page.first_password(row.service_id)


@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_named_error(body: bytes) -> None:
    with pytest.raises(BillingError):
        page_of(body)
