"""What customers, WHMCS's administrators and operators do: F-43 to F-59."""

from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from companies.models import Company, Membership, Role, User
from plans.models import Plan
from sandbox import OTHER_PID, TICKETZ_PID
from tests.scoreboard.probe import company_of
from tests.scoreboard.scenario import Scenario, nothing
from tests.scoreboard.scenarios.values import blank_name
from tests.scoreboard.stage import CART_PASSWORD, SECRET, Stage, build_shop, change_a_little, in_days


def delete_a_service(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.delete_service(stage.of("Dora"))
    stage.expect("Dora", True)


def move_to_another_product_and_suspend(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_service(stage.of("Emil"), pid=OTHER_PID)
    stage.shop.suspend(stage.of("Emil"))


def come_back(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.unsuspend(stage.of("Lea"))


def buy_again(stage: Stage) -> None:
    change_a_little(stage)
    stage.buy("Lea again", client_id=stage.service("Lea").client_id)


def old_company_is_back(stage: Stage) -> list[str]:
    old, new = company_of(stage, "Lea"), company_of(stage, "Lea again")
    return [] if new and old == new else ["whoever came back finds an empty company instead of the old one"]


def buy_with_anas_address(stage: Stage) -> None:
    change_a_little(stage)
    stage.buy("Stranger", email="ana@example.com")


def buy_with_the_operators_address(stage: Stage) -> None:
    change_a_little(stage)
    stage.buy("Root", email="root@example.com")


def change_the_address(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_client(stage.service("Fay").client_id, email="fay@other.example")


def sign_in_stays(stage: Stage) -> list[str]:
    user = User.objects.filter(email="fay@example.com").first()
    return [] if user and user.check_password(CART_PASSWORD) else ["a customer's sign-in was changed"]


def merge_two_clients(stage: Stage) -> None:
    change_a_little(stage)
    stage.same_person |= {"gil@example.com", "hana@example.com"}
    stage.shop.merge_clients(stage.service("Gil").client_id, stage.service("Hana").client_id)


def have_no_name(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_client(stage.service("Nia").client_id, first_name="", last_name=" ")


def have_a_suspended_one_too(stage: Stage) -> None:
    change_a_little(stage)
    second = stage.buy("Ana again", client_id=stage.service("Ana").client_id)
    stage.shop.suspend(second.id)


def move_to_another_client(stage: Stage) -> None:
    change_a_little(stage)
    stage.same_person |= {"ivo@example.com", "jun@example.com"}
    stage.shop.move_service(stage.of("Ivo"), stage.service("Jun").client_id)


def be_three(stage: Stage) -> None:
    company = company_of(stage, "Ana")
    assert company
    for name in ("one", "two"):
        user = User.objects.create(email=f"{name}@example.com", name=name)
        Membership.objects.create(user=user, company=company, role=Role.MEMBER)


def downgrade_to_one(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.change_plan(stage.of("Ana"), "Starter")


def plan_fits_and_all_are_there(stage: Stage) -> list[str]:
    company = company_of(stage, "Ana")
    if company is None or company.plan.name != "Starter":
        return ["the downgrade was not done"]
    return [] if Membership.objects.filter(company=company).count() == 3 else ["people were removed"]


def upgrade_to_an_unknown_plan(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.change_plan(stage.of("Ben"), "team")


def buy_with_a_space(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.change_plan(stage.of("Nia"), "Team ")


def respell_the_order(stage: Stage) -> None:
    stage.shop.change_plan(stage.of("Nia"), "Team")


def rename_our_plan(stage: Stage) -> None:
    Plan.objects.filter(name="Business").update(name="Pro")


def rename_it_back(stage: Stage) -> None:
    Plan.objects.filter(name="Pro").update(name="Business")


def rename_their_plan(stage: Stage) -> None:
    for service in list(stage.shop.services.values()):
        if service.plan == "Team":
            stage.shop.edit_service(service.id, plan="Team 2027")


def name_ours_the_same(stage: Stage) -> None:
    Plan.objects.filter(name="Team").update(name="Team 2027")


def decide_by_hand(stage: Stage) -> None:
    """The operator keeps Quim open for ten days and locks Ana."""
    change_a_little(stage)
    stage.expect("Quim", True)
    stage.expect("Ana", False)
    quim, ana = company_of(stage, "Quim"), company_of(stage, "Ana")
    assert quim
    assert ana
    Company.objects.filter(pk=quim.pk).update(hold_until=in_days(10), hold_reason="promised to pay")
    Company.objects.filter(pk=ana.pk).update(locked_at=timezone.now(), lock_reason="abuse")


def be_exempt(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_service(
        stage.of("Gil"), next_due_date=in_days(-20), override_auto_suspend=True, override_suspend_until=in_days(10)
    )


def buy_three_of_it(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.edit_service(stage.of("Ben"), quantity=3)


def read_a_second_shop(stage: Stage) -> None:
    """Another WHMCS, whose services 1 to 3 are of other people."""
    change_a_little(stage)
    other = build_shop().start()
    stage.endings.append(other.stop)
    for name in ("Xan", "Yas", "Zoe"):
        other.shop.buy(name, "Jones", f"{name.lower()}@example.com", plan="Team", password=CART_PASSWORD)
    WhmcsGateway.objects.create(
        name="Shop 2", base_url=other.url, api_identifier=other.identifier, api_secret=SECRET, product_code=TICKETZ_PID
    )


def shops_are_apart(stage: Stage) -> list[str]:
    names = set(Subscription.objects.filter(gateway__name="Shop 2").values_list("company__name", flat=True))
    return [] if names == {"Xan Jones", "Yas Jones", "Zoe Jones"} else ["two shops were taken for one"]


SCENARIOS = (
    Scenario("F-43a", "A paid service is deleted in WHMCS.", change=delete_a_service),
    Scenario(
        "F-43b", "A service moves to another product and is suspended there.",
        change=move_to_another_product_and_suspend,
    ),
    Scenario("F-44", "A terminated service is made active again.", change=come_back),
    Scenario("F-45", "A customer whose service was terminated buys anew.", change=buy_again, look=old_company_is_back),
    Scenario(
        "F-46a", "Another client buys with the address of somebody who is here already.",
        change=buy_with_anas_address,
    ),
    Scenario("F-46b", "Somebody buys with the address of the operator.", change=buy_with_the_operators_address),
    Scenario("F-47", "A client changes the e-mail address in WHMCS.", change=change_the_address, look=sign_in_stays),
    Scenario("F-48", "Two clients are merged in WHMCS.", change=merge_two_clients),
    Scenario("F-49", "A new client has no name.", change=have_no_name, look=blank_name),
    Scenario("F-50", "A client has a paid service and a suspended one.", change=have_a_suspended_one_too),
    Scenario("F-51", "A service is moved to another client.", change=move_to_another_client),
    Scenario(
        "F-52", "A company of three people is downgraded to a plan for one.",
        past=be_three, change=downgrade_to_one, look=plan_fits_and_all_are_there,
    ),
    Scenario(
        "F-53a", "A customer upgrades to a plan that Ticketz does not have.",
        change=upgrade_to_an_unknown_plan, lasts=True,
    ),
    Scenario(
        "F-53b", "A new order names the plan with a space too many.",
        change=buy_with_a_space, mend=respell_the_order, lasts=True, spared=("Nia",),
    ),
    Scenario("F-54", "The operator renames a plan in Ticketz.", rename_our_plan, mend=rename_it_back, lasts=True),
    Scenario(
        "F-55", "The plan of everybody is renamed in WHMCS.",
        rename_their_plan, mend=name_ours_the_same, lasts=True, spared=("Nia",),
    ),
    Scenario(
        "F-56", "The operator keeps one company open and locks another by hand.",
        change=decide_by_hand, lasts=True,
    ),
    Scenario("F-57", "WHMCS itself exempts an overdue customer until a date.", change=be_exempt, lasts=True),
    Scenario("F-58", "A service has the quantity 3.", change=buy_three_of_it, lasts=True),
    Scenario(
        "F-59", "A second WHMCS has services of the same numbers.",
        change=read_a_second_shop, mend=nothing, lasts=True, look=shops_are_apart,
    ),
)  # fmt: skip
