"""WHMCS, or something before it, answers something else than was asked for: F-12 to F-19."""

from billing.models import WhmcsGateway
from sandbox import OTHER_PID, faults
from tests.scoreboard.scenario import Scenario, nothing
from tests.scoreboard.scenarios.transport import always, sometimes
from tests.scoreboard.stage import Stage, build_shop, change_a_little


def answer_as_another_shop(stage: Stage) -> None:
    """A restored test shop under the same address: the same numbers, other people, many of them suspended."""
    other = build_shop().start()
    stage.endings.append(other.stop)
    for number in range(len(stage.ids) + 3):
        bought = other.shop.buy(
            "Test", f"Person {number}", f"test{number}@example.net", plan="Starter", password="x" * 12
        )
        if number % 3 == 0:
            other.shop.suspend(bought.id)
    stage.point_gateway_to(other.url)


def sell_hosting_too(stage: Stage) -> None:
    change_a_little(stage)
    for number in range(6):
        stage.shop.buy("Host", f"Customer {number}", f"host{number}@example.net", plan="", pid=OTHER_PID)


def sell_hosting_with_plans(stage: Stage) -> None:
    """Hosting with an option and a field that look like Ticketz's."""
    sell_hosting_too(stage)
    for service in list(stage.shop.services.values()):
        if service.pid == OTHER_PID:
            stage.server.faults.override_row(service.id, LIKE_TICKETZ)


LIKE_TICKETZ = {
    "configoptions": {"configoption": [{"id": 4, "option": "Plan", "type": "dropdown", "value": "Team"}]},
    "customfields": {"customfield": [{"id": 11, "name": "Password", "value": "their own secret"}]},
}


def mistype_the_product(stage: Stage) -> None:
    WhmcsGateway.objects.filter(name="Shop").update(product_code=OTHER_PID)


def correct_the_product(stage: Stage) -> None:
    WhmcsGateway.objects.filter(name="Shop").update(product_code=7)
    stage.clear()


SCENARIOS = (
    Scenario("F-12", "WHMCS refuses our address (“Invalid IP”).", always(faults.invalid_ip())),
    Scenario("F-13", "WHMCS refuses the credentials.", always(faults.authentication_failed())),
    Scenario(
        "F-14", "The API role may list services but not read a client's details.",
        always(faults.no_permission("GetClientsDetails"), "GetClientsDetails"), lasts=True, spared=("Nia",),
    ),
    Scenario("F-15a", "HTTP 200 with an error of WHMCS inside.", always(faults.api_error("Something is odd"))),
    Scenario("F-15b", "Bot protection answers every third call, in JSON.", sometimes(faults.imunify(), 3), runs=2),
    Scenario("F-16a", "HTTP 200 with the maintenance page.", always(faults.maintenance())),
    Scenario("F-16b", "A Cloudflare challenge instead of an answer.", always(faults.cloudflare())),
    Scenario("F-17a", "PHP writes a notice before each answer.", always(faults.php_notice())),
    Scenario("F-17b", "Answers hold bytes that are not UTF-8.", always(faults.latin_1())),
    Scenario("F-17c", "Answers begin with a byte order mark, for weeks.", always(faults.byte_order_mark()), lasts=True),
    Scenario(
        "F-18", "Another WHMCS answers under the address: the same numbers, other people.",
        answer_as_another_shop,
    ),
    Scenario(
        "F-19a", "WHMCS ignores the product filter and lists all it sells.",
        always(faults.PidFilterIgnored()), change=sell_hosting_with_plans, mend=nothing, lasts=True,
    ),
    Scenario(
        "F-19b", "The operator mistypes the product code.",
        mistype_the_product, change=sell_hosting_too, mend=correct_the_product,
    ),
)  # fmt: skip
