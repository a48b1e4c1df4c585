"""Guards on who is who: another WHMCS, the first import, and people who share an address."""

from companies.models import Company, Invitation, Membership
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import NAMES, Stage


def a_restored_copy_has_other_clients(stage: Stage) -> list[str]:
    """Known services belong to other clients there, who chose other plans."""
    stage.open()
    for name in NAMES:
        stranger = stage.shop.add_client(first_name="Stranger", last_name=name, email=f"stranger.{name}@example.com")
        stage.shop.move_service(stage.ids[name], stranger.id)
        stage.shop.change_plan(stage.ids[name], "Starter")
    stage.sync()
    return _with_other_plans(stage)


def a_moved_name_leads_to_other_people(stage: Stage) -> list[str]:
    """The numbers are the same, of services and of clients, and the people are others."""
    stage.open()
    for name in NAMES:
        service = stage.shop.services[stage.ids[name]]
        stage.shop.edit_client(service.client_id, first_name="Stranger", email=f"stranger.{name}@example.com")
        stage.shop.change_plan(service.id, "Starter")
    stage.sync()
    return _with_other_plans(stage)


def names_are_refreshed_from_other_people(stage: Stage) -> list[str]:
    """Nothing changes but who the clients are, which is read once a day."""
    stage.open()
    for name in NAMES:
        client_id = stage.shop.services[stage.ids[name]].client_id
        stage.shop.edit_client(client_id, first_name="Stranger", email=f"stranger.{name}@example.com")
    stage.days_pass(2)
    stage.sync()
    strangers = Company.objects.filter(name__startswith="Stranger").count()
    return [f"{strangers} companies have the names of strangers"] if strangers else []


def a_wrong_product_has_fifty_customers(stage: Stage) -> list[str]:
    """Whoever they are, none of them has bought anything here."""
    for number in range(51):
        stage.buy(f"Stranger{number}")
    stage.sync()
    created = Company.objects.count()
    return [f"{created} companies were opened and nobody was asked"] if created else []


def somebody_buys_with_the_address_of_alice(stage: Stage) -> list[str]:
    stage.open("Alice")
    stage.buy("Mallory", email="alice@example.com")
    stage.sync()
    owned = Membership.objects.filter(user__email="alice@example.com").count()
    return ["Alice owns what somebody else bought"] if owned > 1 else []


def somebody_buys_with_the_address_of_the_operator(stage: Stage) -> list[str]:
    stage.buy("Mallory", email="root@example.com")
    stage.sync()
    drawn_in = Membership.objects.filter(user__email="root@example.com").exists()
    asked = Invitation.objects.filter(email="root@example.com").exists()
    return ["a purchase touched the operator's account"] if drawn_in or asked else []


def a_proxy_mixes_up_answers(stage: Stage) -> list[str]:
    """Asked for Alice, it hands over what was the answer about somebody else."""
    client_id = stage.shop.services[stage.buy("Alice")].client_id
    somebody = {"id": "99", "client_id": 99, "userid": 99, "firstname": "Stranger", "email": "stranger@example.com"}
    stage.faults.override_client(client_id, somebody)
    stage.sync()
    return ["a stranger owns what Alice bought"] if Company.objects.filter(email="stranger@example.com") else []


class Anybody:
    """A client who is whoever was asked for."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def _with_other_plans(stage: Stage) -> list[str]:
    return [f"{name} has the plan of a stranger" for name in NAMES if stage.company(name).plan.name != "Team"]


GUARDS = (
    Guard("other owners of known services wait for a yes", "billing.steps.safeguards.identity:_ensure_same_owners",
          says(None), a_restored_copy_has_other_clients, "Alice has the plan of a stranger"),
    Guard("other people under known clients wait for a yes", "billing.steps.safeguards.identity:_compare_clients",
          says(0), a_moved_name_leads_to_other_people, "Alice has the plan of a stranger"),
    Guard("names of many other people wait for a yes", "billing.steps.finish.refresh:ensure_same_contacts", says(None),
          names_are_refreshed_from_other_people, "companies have the names of strangers"),
    Guard("too many others are another WHMCS", "billing.steps.safeguards.identity:is_other_whmcs", says(False),
          a_restored_copy_has_other_clients, "Alice has the plan of a stranger"),
    Guard("a large first import waits for a yes", "billing.steps.safeguards.first_import:UNASKED", becomes(10**6),
          a_wrong_product_has_fifty_customers, "51 companies were opened"),
    Guard("an answer is about the client that was asked for", "billing.whmcs.details:_answered_id", says(Anybody()),
          a_proxy_mixes_up_answers, "a stranger owns what Alice bought"),
    Guard("an address is no identity", "billing.steps.newcomers.provision:_owns_for_client", says(True),
          somebody_buys_with_the_address_of_alice, "Alice owns what somebody else bought"),
    Guard("an operator's account is left alone", "billing.steps.newcomers.provision:_is_operator", says(False),
          somebody_buys_with_the_address_of_the_operator, "a purchase touched the operator's account"),
)  # fmt: skip
