"""Whose a new company is: by DESIGN.md's rule for people who may already be here."""

from billing.models import Subscription
from companies.models import Invitation, User
from tests.walk.before import Before
from tests.walk.model import Book, Said
from tests.walk.strings import ADDRESSES
from tests.walk.world import World


def ensure_right(world: World, book: Book, before: Before, truth: dict[int, Said]) -> None:
    """Every company that is not in `book` yet belongs to whoever bought it, or somebody was asked."""
    for row in Subscription.objects.exclude(company=None).exclude(company_id__in=list(book.states)):
        client = world.shop.clients.get(truth[row.service_id].client)
        if client is not None:  # else it was merged into another while the run was on its way
            _ensure_owned_by(world, row, dict(ADDRESSES.values())[client.email], set(before.people[0]), book)


def _ensure_owned_by(world: World, row: Subscription, address: str, were_here: set[int], book: Book) -> None:
    owners = list(User.objects.filter(memberships__company=row.company))
    if not owners:
        invited = Invitation.objects.filter(company=row.company, email=address, closed_at=None).exists()
        assert invited or User.objects.get(email=address).is_staff, f"G3: company {row.company_id} has no owner"
    for owner in owners:
        assert owner.email == address, f"G8: {owner.email} owns what {address} bought"
        if owner.pk in were_here:
            _ensure_same_client(owner, row, book)
        else:
            _ensure_door_opens(world, owner)


def _ensure_same_client(owner: User, row: Subscription, book: Book) -> None:
    """By what is known now, or was known when the run began: a service may move to another client in the same run."""
    others = Subscription.objects.filter(company__memberships__user=owner).exclude(pk=row.pk)
    clients = set(others.values_list("client_id", flat=True))
    clients |= {book.services[service].client for service in others.values_list("service_id", flat=True)
                if service in book.services}  # fmt: skip
    assert row.client_id in clients, (
        f"G8: {owner.email} was given company {row.company_id}, which another client bought"
    )


def _ensure_door_opens(world: World, owner: User) -> None:
    """With what was typed in the cart, where that can be a password at all."""
    services = Subscription.objects.filter(company__memberships__user=owner).values_list("service_id", flat=True)
    typed = [world.passwords[service] for service in services]
    opens = any(usable and owner.check_password(text) for text, usable in typed)
    assert opens or not all(usable for _, usable in typed), f"G3: {owner.email} can't sign in with what they typed"
