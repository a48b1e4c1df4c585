"""What is said of an item that needs attention."""

from billing.models import Kind
from billing.wording.attention import sentence


def test_a_plan_that_resembles_none_is_not_told_to_differ_in_something() -> None:
    told = sentence(Kind.PLAN_UNKNOWN, {"value": "Business", "nearest": "Starter", "differences": "other_text"})
    assert told.startswith("WHMCS says “Business”, and no plan here is called so; the nearest is “Starter”.")
    both = {"value": "Business", "nearest": "Team\u2423", "differences": "surrounding_space,other_text"}
    assert "no plan here is called so; the nearest is “Team\u2423”" in sentence(Kind.PLAN_UNKNOWN, both)
    told = sentence(Kind.PLAN_UNKNOWN, {"value": "pro", "nearest": "Pro", "differences": "letter_case"})
    assert "They differ in: capital" in told
