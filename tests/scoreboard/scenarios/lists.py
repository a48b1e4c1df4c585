"""The list of services does not add up: F-20 to F-34."""

import re
from dataclasses import replace

from sandbox import faults
from sandbox.faults import MISSING, OverrideRow
from sandbox.generations import DEFAULT_GENERATION, ListForm, ListStyle
from sandbox.wire import Call
from tests.scoreboard.scenario import Act, Scenario, nothing
from tests.scoreboard.scenarios.transport import FIVE_A_PAGE, always
from tests.scoreboard.stage import CART_PASSWORD, Stage, change_a_little


def together(*acts: Act) -> Act:
    def act(stage: Stage) -> None:
        for one in acts:
            one(stage)

    return act


def rows_say(name: str, **values: object) -> Act:
    """The row of one customer says something else, wherever it comes."""
    return lambda stage: stage.server.faults.override_row(stage.of(name), values)


def number_the_rows(stage: Stage) -> None:
    stage.server.generation = replace(DEFAULT_GENERATION, name="numbered", products=ListStyle(ListForm.NUMBERED))


def lose_the_rows(stage: Stage) -> None:
    """`"products": ""` although the total says that there are some."""
    stage.server.faults.always(
        faults.with_body(lambda body: re.sub(rb'"products":.*\}', b'"products":""}', body, flags=re.S))
    )


def delete_one_between_two_pages(stage: Stage) -> None:
    stage.expect("Lea", False)
    stage.server.faults.always(FIVE_A_PAGE)
    stage.server.faults.once(faults.Meanwhile(lambda: _delete(stage, "Lea")), "GetClientsProducts", nth=4)


def _delete(stage: Stage, name: str) -> None:
    if stage.of(name) in stage.shop.services:
        stage.shop.delete_service(stage.of(name))


def repeat_one_as_suspended(stage: Stage) -> None:
    stage.server.faults.always(faults.Repeated(stage.service("Ana"), status="Suspended"), "GetClientsProducts")


def fail_in_the_middle(stage: Stage) -> None:
    stage.server.faults.always(FIVE_A_PAGE)
    stage.server.faults.when(lambda call: 8 <= int(call.params.get("limitstart", 0)) <= 12, faults.server_error())


def write_numbers_oddly(stage: Stage) -> None:
    for name, form in {"Ana": "0001", "Ben": " 2", "Cleo": 3, "Nia": f"{stage.of('Nia')} "}.items():
        stage.server.faults.override_row(stage.of(name), {"id": form})
    stage.server.faults.override_row(
        stage.of("Dora"), {"recurringamount": "12,95", "pid": 7, "clientid": stage.service("Dora").client_id}
    )


def rename_a_column(stage: Stage) -> None:
    """As after an upgrade of WHMCS: no row has a status where it is looked for."""
    for i in stage.shop.services:
        stage.server.faults.override_row(i, {"status": MISSING, "domainstatus": "Active"})


def forget_the_client(stage: Stage) -> None:
    client = str(stage.service("Nia").client_id)
    stage.server.faults.when(
        lambda call: call.action == "getclientsdetails" and call.params.get("clientid") == client,
        faults.api_error("Client Not Found"),
    )


def list_an_order_of_nobody(stage: Stage) -> None:
    change_a_little(stage)
    stage.buy("Zed")
    stage.expect("Zed", None)
    stage.server.faults.override_row(stage.of("Zed"), {"clientid": 0})


def order_without_paying(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.buy("Una", "Smith", "una@example.com", plan="Team", password=CART_PASSWORD, paid=False)


def is_listing(call: Call) -> bool:
    return call.action == "getclientsproducts" and not call.params.get("serviceid")


def show_an_old_list(stage: Stage) -> None:
    """A cache before WHMCS still has Emil as he was an hour ago; asked for him alone, it has not."""
    stage.server.faults.when(is_listing, OverrideRow(stage.of("Emil"), {"status": "Suspended"}))


SCENARIOS = (
    Scenario("F-20", "The list is empty by mistake.", always(faults.Hidden())),
    Scenario(
        "F-21a", "The list comes as an object with the keys 0, 1, 2, for weeks.",
        number_the_rows, mend=nothing, lasts=True,
    ),
    Scenario("F-21b", "The list is an empty text, though the total says there are services.", lose_the_rows),
    Scenario("F-22", "The total says more services than ever come.", always(faults.WrongTotal(20))),
    Scenario(
        "F-23", "The total says fewer services than there are.",
        together(always(FIVE_A_PAGE), always(faults.WrongTotal(total=5))),
    ),
    Scenario("F-24", "WHMCS sends shorter pages than asked for, for weeks.", always(FIVE_A_PAGE), lasts=True),
    Scenario("F-25", "Every page is the first one.", together(always(FIVE_A_PAGE), always(faults.StartIgnored()))),
    Scenario(
        "F-26", "A service is deleted while the pages are read, so another slips through.",
        delete_one_between_two_pages,
    ),
    Scenario("F-27", "A customer is listed twice, once paid and once suspended.", repeat_one_as_suspended),
    Scenario("F-28", "A page in the middle of the list can't be read.", fail_in_the_middle),
    Scenario("F-29", "Numbers are written oddly: “0001”, “ 2”, 3, “18 ”, for weeks.", write_numbers_oddly, lasts=True),
    Scenario("F-30a", "After an upgrade of WHMCS the status is called something else in every row.", rename_a_column),
    Scenario("F-30b", "One row has no options at all, for weeks.", rows_say("Ben", configoptions=MISSING), lasts=True),
    Scenario(
        "F-31", "A new customer's client can't be found, for weeks.",
        forget_the_client, lasts=True, spared=("Nia",),
    ),
    Scenario("F-32", "An order belongs to client 0, for weeks.", change=list_an_order_of_nobody, lasts=True),
    Scenario(
        "F-33a", "WHMCS says a status that is none of its own, for weeks.",
        rows_say("Ana", status="Aktiv"), lasts=True,
    ),
    Scenario("F-33b", "The status of a customer is an empty text, for weeks.", rows_say("Ben", status=""), lasts=True),
    Scenario("F-33c", "Somebody orders and does not pay.", change=order_without_paying, lasts=True),
    Scenario("F-34", "A cache shows a customer as suspended who has paid since.", show_an_old_list),
)  # fmt: skip
