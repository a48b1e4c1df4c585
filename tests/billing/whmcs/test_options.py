"""From the configurable options of a service to the value of its plan."""

from typing import Any

import pytest

from billing.whmcs import RowFormat
from tests.billing.whmcs.reading import ENDLESS, FACTS, facts_of, page_of, problem_of
from tests.billing.whmcs.wire import products, service


def options(*pairs: tuple[str, Any]) -> dict[str, Any]:
    return {"configoption": [{"id": 1, "option": name, "type": "dropdown", "value": value} for name, value in pairs]}


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
