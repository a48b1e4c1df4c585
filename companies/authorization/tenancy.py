"""The current tenant: the company of the session, checked against the person's memberships at every request."""

from collections import Counter
from dataclasses import dataclass
from typing import TypeGuard, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from companies.access import Access, Reason
from companies.models import Company, Membership, Role, User
from companies.standings.facts import access_of

SESSION_KEY = "company_id"
# What a payment may end, or a question to the shop.
_TO_BE_PAID = frozenset({Reason.OVERDUE, Reason.UNCONFIRMED_TOO_LONG, Reason.SUSPENDED})


class AnyRequest(HttpRequest):
    """Any request that passed `CompanyMiddleware`. `memberships` are all of the person's, ordered by company name.

    `closed` are the keys of those whose company is closed, and `unpaid` those other ones of an owner that a payment
    may open. `doubles` are the keys of those of which another one has the same name and the same plan.
    """

    company: Company | None
    membership: Membership | None
    access: Access | None
    memberships: tuple[Membership, ...]
    closed: frozenset[int]
    unpaid: tuple[Membership, ...]
    doubles: frozenset[int]


class SignedInRequest(AnyRequest):
    """A request that has passed the gate `signed_in_only`."""

    user: User


class CompanyRequest(SignedInRequest):
    """A request that has passed the gate of a company."""

    company: Company
    membership: Membership
    access: Access


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The person's memberships, and the current one, if there is one."""

    memberships: tuple[Membership, ...] = ()
    membership: Membership | None = None
    access: Access | None = None
    closed: frozenset[int] = frozenset()
    unpaid: tuple[Membership, ...] = ()

    @property
    def doubles(self) -> frozenset[int]:
        """The keys of those memberships of which another one has a company with the same name and the same plan."""
        seen = Counter((m.company.name, m.company.plan_id) for m in self.memberships)
        return frozenset(m.pk for m in self.memberships if seen[m.company.name, m.company.plan_id] > 1)

    @property
    def waits(self) -> bool:
        """Whether the person waits for a seat in this company, and so has no access."""
        return self.membership is not None and self.membership.waits_since is not None

    @property
    def may_work(self) -> bool:
        """Whether the company is open to this person now."""
        return self.access is not None and self.access.is_open and not self.waits


def load_tenancy(user: User, chosen: object) -> Tenancy:
    """The tenancy in the company with the id `chosen`, or else in the first open company; one query."""
    memberships = tuple(
        Membership.objects.filter(user=user)
        .select_related("company__plan", "company__source")
        .order_by("company__name", "company_id")
    )
    if not memberships:
        return Tenancy()
    now = timezone.now()
    accesses = {m.pk: access_of(m.company, now=now) for m in memberships}
    of_session = [m for m in memberships if m.company_id == chosen]
    open_ones = [m for m in memberships if accesses[m.pk].is_open and m.waits_since is None]
    membership = (of_session or open_ones or list(memberships))[0]
    closed = [m for m in memberships if not accesses[m.pk].is_open]
    unpaid = [m for m in closed if m.role == Role.OWNER and accesses[m.pk].reason in _TO_BE_PAID and m != membership]
    access = accesses[membership.pk]
    return Tenancy(memberships, membership, access, frozenset(m.pk for m in closed), tuple(unpaid))


def attach(request: HttpRequest, tenancy: Tenancy) -> None:
    """Set the request's attributes that views and templates read."""
    target = cast(AnyRequest, request)
    target.memberships = tenancy.memberships
    target.membership = tenancy.membership
    target.company = tenancy.membership.company if tenancy.membership else None
    target.access = tenancy.access
    target.closed, target.unpaid, target.doubles = tenancy.closed, tenancy.unpaid, tenancy.doubles


def has_company(request: HttpRequest) -> TypeGuard[CompanyRequest]:
    """Whether the request has a current company."""
    return getattr(request, "company", None) is not None


def membership_in(request: AnyRequest, company_id: str) -> Membership:
    """The person's membership in the company with this id, which is unchecked input. Raises Http404.

    Searches the loaded memberships, because the id may be too large a number for the database.
    """
    for membership in request.memberships:
        if str(membership.company_id) == company_id:
            return membership
    raise Http404


def ensure_owner(request: CompanyRequest) -> None:
    """Raise PermissionDenied for anybody but an owner of the company."""
    if request.membership.role != Role.OWNER:
        raise PermissionDenied


def choose(request: HttpRequest, company_id: int) -> None:
    """Make this company the current one of the session."""
    request.session[SESSION_KEY] = company_id
