"""People who between them meet every page that a customer can meet, with names as long as real ones."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.test import Client
from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from companies.models import Company, Invitation, Membership, Role, User
from plans.models import Plan
from tests.companies.factories import PASSWORD, make_company, make_person, sign_in, type_password
from tests.companies.factors import code_now, give_app, sign_in_with_code
from tests.companies.soft_key import SoftKey

BAKERY = "Padaria e Confeitaria Estrela do Amanhã de São Bernardo Ltda."


class Visitor(NamedTuple):
    """A browser, and whose it is; nobody's where they are not signed in."""

    name: str
    client: Client
    user: User | None


def build_town(gateway: WhmcsGateway) -> list[Visitor]:
    """Everybody, from who has never been here to who is locked out."""
    people = [_buyer(gateway), *_team_that_is_too_large(gateway), *_late_and_blocked(gateway), _guest()]
    buyer = Client()
    type_password(buyer, people[0].email, PASSWORD)  # a moment ago, so that nothing asks for it again
    visitors = [Visitor(user.email, sign_in(user), user) for user in people[1:]]
    return [Visitor("nobody", Client(), None), Visitor(people[0].email, buyer, people[0]), *visitors, *_with_factors()]


def company_of(gateway: WhmcsGateway, name: str, *, users: int = 9, **fields: Any) -> Company:
    """A company that lives by a service of the gateway."""
    plan, _ = Plan.objects.get_or_create(name=f"Equipe {users}", defaults={"users": users})
    company = make_company(name, plan=plan, **fields)
    Company.objects.filter(pk=company.pk).update(source=gateway)
    number = company.pk
    Subscription.objects.create(
        gateway=gateway, service_id=number, client_id=number, product_id=7, company=company, status="Active",
        plan_value=plan.name,
    )  # fmt: skip
    return company


def _buyer(gateway: WhmcsGateway) -> User:
    """Has just bought: still with the shop's password and without anybody else."""
    company = company_of(gateway, "Ana Sousa")
    return make_person("ana@customer1.example", company=company, name="Ana Sousa", password_is_from_shop=True)


def _team_that_is_too_large(gateway: WhmcsGateway) -> list[User]:
    """An owner after a downgrade, who is in another company, too; an administrator, a member, and one who waits."""
    company, now = company_of(gateway, BAKERY, users=3), timezone.now()
    known: dict[str, Any] = {"last_login": now, "welcomed_at": now}
    owner = make_person("bruno@padaria-estrela.example", company=company, name="Bruno Carvalho de Albuquerque", **known)
    Membership.objects.create(user=owner, company=company_of(gateway, "Sorveteria Carvalho"), role=Role.OWNER)
    admin = make_person("celia@padaria-estrela.example", company=company, name="Célia", role=Role.ADMIN, **known)
    member = make_person("davi@padaria-estrela.example", company=company, name="Davi", role=Role.MEMBER, **known)
    late = make_person("eva@padaria-estrela.example", company=company, name="Eva", role=Role.MEMBER, **known)
    Membership.objects.filter(user=late).update(waits_since=now - timedelta(days=2))
    _crowd(company)
    soon = now + timedelta(days=14)
    address = "um.endereco.bastante.comprido@departamento.padaria-estrela.example"
    Invitation.objects.create(company=company, email=address, expires_at=soon)
    return [owner, admin, member, late]


def _crowd(company: Company) -> None:
    """As many more as make it fifty-one: an invitation comes to them, too."""
    people = [User(email=f"pessoa.{n:02}@padaria-estrela.example", name=f"Pessoa número {n}") for n in range(46)]
    made = User.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(user=user, company=company, role=Role.MEMBER) for user in made)


def _late_and_blocked(gateway: WhmcsGateway) -> list[User]:
    """An owner and a member of each: a company in its days of grace, and one that is closed."""
    today, now = timezone.localdate(), timezone.now()
    late = company_of(gateway, "Gráfica Horizonte", due_date=today - timedelta(days=2))
    closed = company_of(gateway, "Oficina Mecânica Três Irmãos", status="suspended")
    return [
        make_person(f"{name.lower()}@{domain}.example", company=company, name=name, role=role, welcomed_at=now)
        for company, domain in ((late, "grafica"), (closed, "oficina"))
        for role, name in ((Role.OWNER, "Hugo"), (Role.MEMBER, "Iara"))
    ]


def _guest() -> User:
    """Belongs to nobody, and is asked to join."""
    guest = make_person("gil@example.com", name="Gil")
    company = Company.objects.get(name=BAKERY)
    Invitation.objects.create(company=company, email=guest.email, user=guest, role=Role.OWNER, had_first_password=True)
    return guest


def _with_factors() -> list[Visitor]:
    """Somebody with an app and a passkey: half-way in, and wholly; and somebody who is in no company at all."""
    careful = make_person("flora@example.com", name="Flora")
    secret = give_app(careful)
    half, whole = Client(), Client()
    sign_in_with_code(whole, careful.email, code_now(secret))
    SoftKey().register(whole, name="Chave")
    type_password(half, careful.email, PASSWORD)
    return [Visitor("flora at the second step", half, None), Visitor("flora@example.com", whole, careful)]
