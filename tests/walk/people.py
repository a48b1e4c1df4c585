"""What people do here: the operator in the administration, customers with their team and their password."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from companies import lifecycle, team
from companies.errors import CompanyError
from companies.events import Actor
from companies.models import Invitation, Membership, Role, User
from plans.models import Plan
from tests.walk.place import Place, pick

DAY = timedelta(days=1)
OPERATOR = Actor("the operator")
OWNER = Actor("the owner")
NEWCOMERS = ("friend@example.com", "bob@example.com", "eva@example.com")


class People(Place):
    """Verbs of operators and customers."""

    def rename_plan(self, plan: str = "Team", name: str = "Group") -> None:
        """Rename a plan of ours, or back."""
        if plan in self.plans and name not in self.plans:
            self.plans[name] = self.plans.pop(plan)
            Plan.objects.filter(pk=self.plans[name]).update(name=name)

    def hold(self, company: int = 0, days: int = 5) -> None:
        if chosen := self.company(company):
            lifecycle.hold_open(
                chosen, until=self.clock.today + days * DAY, reason="r", actor=OPERATOR, at=timezone.now()
            )

    def end_hold(self, company: int = 0) -> None:
        if chosen := self.company(company):
            lifecycle.end_hold(chosen, reason="r", actor=OPERATOR, at=timezone.now())

    def lock(self, company: int = 0) -> None:
        if chosen := self.company(company):
            lifecycle.lock(chosen, reason="r", actor=OPERATOR, at=timezone.now())

    def unlock(self, company: int = 0) -> None:
        if chosen := self.company(company):
            lifecycle.unlock(chosen, reason="r", actor=OPERATOR, at=timezone.now())

    def change_password(self, person: int = 0) -> None:
        if user := pick(list(User.objects.order_by("pk")), person):
            user.set_password(f"changed at {timezone.now()}")
            user.password_is_from_shop = False
            user.save(update_fields=["password", "password_is_from_shop"])

    def add_person(self, company: int = 0, person: int = 0, invite: bool = False) -> None:
        """Somebody new, or with an address that others have or will have."""
        address = NEWCOMERS[person % len(NEWCOMERS)]
        if chosen := self.company(company):
            with suppress(CompanyError):
                team.add_member(chosen, email=address, name="F", role=Role.MEMBER, actor=OWNER,
                                password=None if invite else "a first password")  # fmt: skip

    def remove_person(self, member: int = 0) -> None:
        if chosen := pick(list(Membership.objects.order_by("pk")), member):
            with suppress(CompanyError):
                team.remove_member(chosen, actor=OWNER)

    def answer(self, invitation: int = 0, accept: bool = True) -> None:
        """Somebody who is here already says yes or no to an invitation."""
        open_ones = Invitation.objects.filter(closed_at=None, user__isnull=False).order_by("pk")
        if (chosen := pick(list(open_ones), invitation)) and chosen.user:
            with suppress(CompanyError):
                (team.accept if accept else team.decline)(chosen, chosen.user)
