"""A value is odd, and stays so for weeks: F-35 to F-42."""

from sandbox.faults import RawJson
from tests.scoreboard.probe import company_of
from tests.scoreboard.scenario import Act, Scenario, nothing
from tests.scoreboard.scenarios.lists import rows_say
from tests.scoreboard.stage import Stage, change_a_little, in_days


def client_says(name: str, **values: object) -> Act:
    """The details of one customer say something else, as long as the fault lasts."""
    return lambda stage: stage.server.faults.override_client(stage.service(name).client_id, values)


def sell_under_a_huge_number(stage: Stage) -> None:
    change_a_little(stage)
    stage.buy("Zed")
    stage.expect("Zed", None)
    stage.server.faults.override_row(stage.of("Zed"), {"id": RawJson("100000000000000000000")})


def give_one_away(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.move_due_date(stage.of("Ben"), None)


def refund_a_month(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.move_due_date(stage.of("Gil"), in_days(-11))


def name_with_an_ampersand(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_client(stage.service("Nia").client_id, first_name="Tom & Co's")


def escaped_name(stage: Stage) -> list[str]:
    company = company_of(stage, "Nia")
    return ["a company is called “Tom &amp;amp; Co”"] if company and "&" in company.name.replace("& ", "") else []


def blank_name(stage: Stage) -> list[str]:
    company = company_of(stage, "Nia")
    return ["a company has no name"] if company and not company.name.strip() else []


SCENARIOS = (
    Scenario(
        "F-35a", "A new customer's name has 10,000 characters.",
        client_says("Nia", firstname="Nia " * 2500), lasts=True, varies=True,
    ),
    Scenario(
        "F-35b", "A new customer's name has emoji and text that runs from right to left.",
        client_says("Nia", firstname="🎈\u202eمرحبا\u200b🏳️‍🌈"), mend=nothing, lasts=True,
    ),
    Scenario(
        "F-36a", "A new customer's name holds half a character.",
        client_says("Nia", firstname="N\ud83dia"), lasts=True,
    ),
    Scenario(
        "F-36b", "A new customer's name holds a NUL character.",
        client_says("Nia", firstname="N\0ia"), lasts=True, varies=True,
    ),
    Scenario("F-37", "A service has a number of 21 digits.", change=sell_under_a_huge_number, mend=nothing, lasts=True),
    Scenario("F-38a", "A customer's service is free: no due date.", change=give_one_away, lasts=True),
    Scenario("F-38b", "A due date is written 31/12/2026.", rows_say("Ben", nextduedate="31/12/2026"), lasts=True),
    Scenario(
        "F-39a", "A due date is the last day of the year 9999.",
        rows_say("Ben", nextduedate="9999-12-31"), lasts=True,
    ),
    Scenario("F-39b", "A due date is in the year 20266.", rows_say("Ben", nextduedate="20266-05-01"), lasts=True),
    Scenario("F-40", "A due date moves back by a month, after a refund.", change=refund_a_month, lasts=True),
    Scenario(
        "F-41", "A name has an ampersand and an apostrophe, which WHMCS escapes.",
        change=name_with_an_ampersand, lasts=True, look=escaped_name,
    ),
    Scenario(
        "F-42", "One record can't be encoded, so that every page with it is an error.",
        lambda stage: stage.server.faults.poison(stage.of("Ben")), mend=nothing, lasts=True,
    ),
)  # fmt: skip
