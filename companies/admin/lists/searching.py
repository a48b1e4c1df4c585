"""What a search box finds, with indexes wherever there are any.

Addresses and numbers are looked up. A name is searched for inside, or by how its words begin, which reads one column of
one table and joins nothing; what belongs to the companies or people that were found is looked up again, for a bounded
number of them.
"""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from companies.models import Company, Membership, User

MOST_FOLLOWED = 200
DIGITS = 18
# PostgreSQL's index knows all trigrams of a name, and the beginnings of its words.
INDEXED_BY = 3


def companies_like(term: str) -> Q:
    """Companies by id, name, contact address or the beginning of a person's sign-in address."""
    belongs = Membership.objects.filter(begins_with("user__email", term.lower()))
    by_people = Q(pk__in=list(belongs.values_list("company", flat=True)[:MOST_FOLLOWED]))
    return by_people | (Q(email=term.lower()) if "@" in term else _called(term))


def people_like(term: str) -> Q:
    """People by the beginning of their address, by name, or by the name of their company."""
    by_address = begins_with("email", term.lower())
    if "@" in term:
        return by_address
    companies = Company.objects.filter(_called(term)).values_list("pk", flat=True)[:MOST_FOLLOWED]
    belongs = Membership.objects.filter(company__in=list(companies))
    return by_address | named_like(term) | Q(pk__in=list(belongs.values_list("user", flat=True)[:MOST_FOLLOWED]))


def events_like(term: str) -> Q:
    """Events of matching companies, or by the person with exactly this address."""
    people = User.objects.filter(email=term.lower()).values_list("pk", flat=True)
    return Q(company__in=load_companies_like(term)) | Q(actor__in=list(people))


def load_companies_like(term: str) -> list[int]:
    """The ids of some matching companies, as values, so that an index can answer an OR with them."""
    return list(Company.objects.filter(companies_like(term)).values_list("pk", flat=True)[:MOST_FOLLOWED])


def _called(term: str) -> Q:
    """Companies by number or name."""
    found = named_like(term)
    return found if as_number(term) is None else found | Q(pk=as_number(term))


def named_like(term: str) -> Q:
    """Names that contain the term; a term too short for the index must begin a word."""
    if len(term) >= INDEXED_BY:
        return Q(name__icontains=term)
    return Q(name__istartswith=term) | Q(name__icontains=f" {term}")


def begins_with(column: str, text: str) -> Q:
    """A prefix match that an index answers: on PostgreSQL Django's pattern index, on SQLite by range."""
    found = Q(**{f"{column}__startswith": text})
    if connection.vendor == "sqlite":
        found &= Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}\U0010ffff"})
    return found


def as_number(term: str) -> int | None:
    """The typed number, if it can be an id."""
    return int(term) if term.isascii() and term.isdecimal() and len(term) <= DIGITS else None


class FindsBy:
    """For admins: passes the whole search term to `find`."""

    search_fields: Any = ["pk"]

    def find(self, term: str) -> Q:
        """The condition for the results of a search for `term`."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self.find(term)) if term else queryset), False
