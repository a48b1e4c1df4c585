"""Who knocks."""

from django.test import Client

from companies.authorization.roles import OperatorRole, set_role
from companies.models import Company
from tests.companies.factories import make_person, sign_in
from tests.roles.who_may import Level

ROLES = {
    Level.VIEWER: OperatorRole.VIEWER,
    Level.SUPPORT: OperatorRole.SUPPORT,
    Level.MANAGER: OperatorRole.GATEWAY_MANAGER,
    Level.SUPERUSER: OperatorRole.SUPERUSER,
}


def visitor(level: Level) -> Client:
    """A browser in which somebody of this level is signed in."""
    if level is Level.STRANGER:
        return Client()
    if level is Level.CUSTOMER:
        return sign_in(make_person("customer@example.com", company=Company.objects.get()))
    user = make_person(f"{level.name.lower()}@example.com")
    set_role(user, ROLES[level])
    return sign_in(user)
