"""Who knocks, and what stands in the database before and after."""

import hashlib

from django.db import connection
from django.test import Client

from companies.models import Company
from companies.roles import OperatorRole, set_role
from tests.companies.factories import make_person, sign_in
from tests.roles.who_may import Level

ROLES = {
    Level.VIEWER: OperatorRole.VIEWER,
    Level.SUPPORT: OperatorRole.SUPPORT,
    Level.MANAGER: OperatorRole.GATEWAY_MANAGER,
    Level.SUPERUSER: OperatorRole.SUPERUSER,
}
# What every visit may write: sessions, throttles, and the log that tells of refusals.
NOT_COUNTED = {"django_session", "usersessions_usersession", "ticketz_cache", "companies_auditentry"}


def visitor(level: Level) -> Client:
    """A browser in which somebody of this level is signed in."""
    if level is Level.STRANGER:
        return Client()
    if level is Level.CUSTOMER:
        return sign_in(make_person("customer@example.com", company=Company.objects.get()))
    user = make_person(f"{level.name.lower()}@example.com")
    set_role(user, ROLES[level])
    return sign_in(user)


def checksum() -> str:
    """Of every row of every table that matters."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - NOT_COUNTED):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name of ours
            rows = sorted(map(repr, cursor.fetchall()))
            digest.update(f"{table} {rows}".encode())
    return digest.hexdigest()
