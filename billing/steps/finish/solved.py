"""Closing attention items whose cause is gone."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from billing.models import AttentionItem, GatewayHook, HeldChanges, Kind, WhmcsGateway
from billing.steps.run.attention import ABOUT_A_RUN, ABOUT_A_SERVICE, ABOUT_HELD_CHANGES, Raised
from companies.models import Company, Invitation, Membership, Role, User


def close_solved(
    raised: Raised, *, was_read: Callable[[int], bool], is_all: bool, at: datetime, is_whole: bool
) -> None:
    """Close the items whose cause is gone.

    `was_read` says whether this run read a service, `is_all` whether it read all of them. Items about a run can only
    be closed by a run of the whole gateway.
    """
    open_items = list(AttentionItem.objects.open().filter(gateway=raised.gateway))

    def is_found_no_more(item: AttentionItem) -> bool:
        if (item.kind, item.subject) in raised.keys:
            return False
        if item.kind in ABOUT_A_RUN:
            return is_whole
        if item.kind not in ABOUT_A_SERVICE or item.subject == AttentionItem.THE_OTHERS:
            return False
        return is_all or (item.subject.isdecimal() and was_read(int(item.subject)))

    solved = {item.pk for item in open_items if is_found_no_more(item)}
    solved.update(_decided_by_people(raised.gateway, open_items), _existing_again(open_items), _settled(open_items))
    if solved:
        AttentionItem.objects.filter(pk__in=solved).update(closed_at=at)
    if is_whole:
        _count_others(raised, [item for item in open_items if item.pk not in solved], is_all=is_all, at=at)


def _count_others(raised: Raised, open_items: Iterable[AttentionItem], *, is_all: bool, at: datetime) -> None:
    """Keep one item per kind that counts the causes without an item of their own; close it if there are none left."""
    about_services = [item for item in open_items if item.kind in ABOUT_A_SERVICE]
    told = {item.kind: item for item in about_services if item.subject == AttentionItem.THE_OTHERS}
    keys = {(item.kind, item.subject) for item in about_services}
    others = Counter(kind for kind, _ in raised.keys - keys if kind in ABOUT_A_SERVICE)
    for kind, count in others.items():
        params = {"count": str(count)}
        if kind not in told:
            AttentionItem.objects.create(
                gateway=raised.gateway, kind=kind, subject=AttentionItem.THE_OTHERS, params=params, opened_at=at
            )
        elif told[kind].params != params:
            AttentionItem.objects.filter(pk=told[kind].pk).update(params=params)
    outdated = [item.pk for kind, item in told.items() if kind not in others]
    if is_all and outdated:
        AttentionItem.objects.filter(pk__in=outdated).update(closed_at=at)


def _decided_by_people(gateway: WhmcsGateway, items: Iterable[AttentionItem]) -> list[int]:
    """Items about changes that waited for approval and no longer wait."""
    asked = {item.pk: ABOUT_HELD_CHANGES[Kind(item.kind)] for item in items if item.kind in ABOUT_HELD_CHANGES}
    if not asked:
        return []
    waiting = HeldChanges.objects.waiting().filter(gateway=gateway)
    kinds = set(waiting.values_list("kind", flat=True))
    return [pk for pk, kind in asked.items() if kind not in kinds]


def _existing_again(items: Iterable[AttentionItem]) -> Iterable[int]:
    """Items about vanished services that exist again."""
    gone = [item.pk for item in items if item.kind == Kind.VANISHED]
    there = AttentionItem.objects.filter(pk__in=gone, subscription__vanished_at=None)
    return there.values_list("pk", flat=True) if gone else ()


def _settled(items: Iterable[AttentionItem]) -> list[int]:
    """Items that are solved outside of runs: an owner can sign in, or a hook calls again or was removed."""
    return [item.pk for item in items if item.kind in _SOLVED and _SOLVED[Kind(item.kind)](item)]


def _has_password(item: AttentionItem) -> bool:
    return (
        User.objects.filter(pk=item.params["user_id"]).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
    )


def _has_answered(item: AttentionItem) -> bool:
    return not Invitation.objects.filter(pk=item.params["invitation_id"], closed_at=None).exists()


def _has_owner(item: AttentionItem) -> bool:
    return Membership.objects.filter(company_id=item.params["company_id"], role=Role.OWNER).exists()


def _has_name(item: AttentionItem) -> bool:
    return Company.objects.filter(pk=item.params["company_id"]).exclude(name=item.params["email"]).exists()


def _has_whole_name(item: AttentionItem) -> bool:
    return not Company.objects.filter(pk=item.params["company_id"], name=item.params["name"]).exists()


def _tells_again(item: AttentionItem) -> bool:
    heard_before = datetime.fromisoformat(item.params["heard"])
    return not GatewayHook.objects.filter(gateway_id=item.gateway_id, heard_at__lte=heard_before).exists()


_SOLVED = {
    Kind.HOOK_SILENT: _tells_again,
    Kind.NAME_MISSING: _has_name,
    Kind.NAME_BROKEN: _has_whole_name,
    Kind.PASSWORD_NEEDED: _has_password,
    Kind.OWNER_INVITED: _has_answered,
    Kind.OWNER_IS_OPERATOR: _has_owner,
}
