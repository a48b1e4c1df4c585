"""Who is there and what belongs to whom, before anybody knocks."""

from dataclasses import dataclass

from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from companies.authentication.links import invitation_url, new_address_url, password_reset_url, set_password_url
from companies.models import Invitation, Membership, Role, User
from tests.billing.factories import make_gateway
from tests.companies.factories import make_person
from tests.customers.places import Place, invite, make_place
from tests.customers.visitors import Browser, Visitor, enter

Names = dict[str, str]
HOME = {
    Visitor.OWNER: ("bakery", "owner"), Visitor.ADMIN: ("bakery", "admin"), Visitor.MEMBER: ("bakery", "member"),
    Visitor.WAITING: ("bakery", "waiting"), Visitor.ELSEWHERE: ("cinema", "owner"), Visitor.BOTH: ("garage", "owner"),
    Visitor.BLOCKED: ("closed", "owner"),
}  # fmt: skip
BAD_KEY = "d0z9x1-0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Stage:
    """`florist` is nobody's of those who come; `missing` are names of what is not there, in several forms."""

    places: dict[str, Place]
    florist: Place
    foreign: Names
    missing: tuple[Names, ...]

    def browser_of(self, visitor: Visitor) -> Browser:
        """Somebody who has just shown who they are, with a passkey; strangers are nobody."""
        if visitor is Visitor.ANONYMOUS:
            return Browser()
        if visitor is Visitor.STAFF:
            return enter(make_person("staff@ticketz.example", is_staff=True, is_superuser=True))
        place, word = HOME[visitor]
        browser = enter(self.places[place].people[word])
        if visitor is Visitor.BOTH:
            browser.post("/company/switch/", {"company": self.places["garage"].company.pk})
            browser.ask("GET", "/")
        return browser

    def names_for(self, visitor: Visitor, browser: Browser) -> Names:
        """One of each kind of what is this visitor's own, or open to them; strangers hold links."""
        place = self.places[HOME.get(visitor, ("bakery", ""))[0]]
        user = browser.user or make_person("nobody@ticketz.example")
        newcomer = place.invitation
        mine = invite(self.places["landlord"].company, user.email, 8000) if browser.user else newcomer
        return {
            **place.row_keys(),
            "company": str(place.company.pk),
            "invitation": str(mine.pk),
            "session": _other_session(user, browser),
            "passkey": _passkey(user),
            **_links_of(user, newcomer),
        }

    def foreign_for(self, visitor: Visitor) -> tuple[Names, ...]:
        """Names of what is somebody else's; whoever works in one company sees nothing of another of theirs."""
        others = [self.foreign]
        if visitor is Visitor.BOTH:
            others.append({**self.foreign, **self.places["bakery"].row_keys()})
        return tuple(others)


def set_stage() -> Stage:
    """All companies, and what is dead or was never there."""
    gateway = make_gateway(confirmed_at=timezone.now(), next_sync_at=timezone.now())
    names = ("bakery", "cinema", "garage", "landlord")
    places = {name: make_place(name.title(), gateway, 5001 + n) for n, name in enumerate(names)}
    places["closed"] = make_place("Closed", gateway, 5009, status="suspended")
    florist = make_place("Florist", gateway, 7001)
    Membership.objects.create(user=places["garage"].people["owner"], company=places["bakery"].company, role=Role.MEMBER)
    foreign = _of_florist(florist)
    return Stage(places, florist, foreign, _missing(foreign))


def _of_florist(florist: Place) -> Names:
    """Links are dead, because a living one is for whoever holds it."""
    owner, browser = florist.people["owner"], enter(florist.people["owner"])
    gone = invite(florist.company, "gone@florist.example", 7002)
    links = _links_of(owner, gone)
    Invitation.objects.filter(pk=gone.pk).update(closed_at=timezone.now(), outcome="withdrawn")
    User.objects.filter(pk=owner.pk).update(last_login=timezone.now())
    return {
        **florist.row_keys(), "company": "7001", "invitation": "7001", "session": _other_session(owner, browser),
        "passkey": _passkey(owner), **links, "reset": f"{user_id_to_str(owner)}-{BAD_KEY}",
    }  # fmt: skip


def _missing(foreign: Names) -> tuple[Names, ...]:
    def forged(token: str) -> str:
        return token[:-4] + ("aaaa" if not token.endswith("aaaa") else "bbbb")

    links = {kind: forged(foreign[kind]) for kind in ("join", "welcome", "address")}
    keys = dict.fromkeys(("colleague", "waiting", "invited", "ran_out"), "0" * 24)
    numbers = ("company", "invitation", "session", "passkey")
    return (
        {**links, **keys, **dict.fromkeys(numbers, "7999"), "reset": f"zzz-{BAD_KEY}"},
        {**dict.fromkeys(links, "x"), **dict.fromkeys(keys, "x-_"), **dict.fromkeys(numbers, "0"), "reset": "0-0"},
        {
            **dict.fromkeys(links, "%00:\u0661"), **dict.fromkeys(keys, "9" * 300),
            **dict.fromkeys(numbers, "9" * 40), "reset": f"{'z' * 40}-{'9' * 40}",
        },
    )  # fmt: skip


def _other_session(user: User, browser: Browser) -> str:
    here = browser.cookies["sessionid"] if browser.user else ""
    rows = UserSession.objects.filter(user=user).exclude(session_key=here)
    return str(rows.values_list("pk", flat=True).first() or 8001)


def _passkey(user: User) -> str:
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return str(rows.values_list("pk", flat=True).first() or 8001)


def _links_of(user: User, newcomer: Invitation) -> Names:
    urls = {
        "join": invitation_url(newcomer), "welcome": set_password_url(user), "reset": password_reset_url(user),
        "address": new_address_url(user, f"other.{user.email}"),
    }  # fmt: skip
    return {kind: url.rstrip("/").rpartition("/")[2] for kind, url in urls.items()}
