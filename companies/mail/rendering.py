"""Renders a mail of the outbox as plain text and as HTML, in the recipient's language.

The HTML is made from the text, so both always say the same. It loads nothing: no picture, no script, no tracking.
"""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from companies.authentication.links import (
    SET_PASSWORD_DAYS,
    invitation_url,
    new_address_url,
    password_reset_url,
    set_password_url,
)
from companies.brand.colours import LIGHT, decide_palette
from companies.brand.current import Brand, load_brand
from companies.models import OutgoingMail
from companies.standings.facts import access_of
from companies.wording.languages import chosen_language, language_of_company, language_of_person

OUR_COLOUR = "#3457d5"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail, ready to be sent."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str


class Paragraph(NamedTuple):
    """A paragraph of the text; with `is_link` it is the mail's link and nothing else."""

    text: str
    is_link: bool


def render_mail(mail: OutgoingMail) -> RenderedMail:
    """Render the mail. Its link is made now and never stored."""
    # Operators see the name Ticketz, as in the administration; customers see the brand.
    brand = Brand() if mail.kind == OutgoingMail.Kind.ALERT else load_brand()
    with translation.override(_language(mail)):
        return _render(mail, brand)


def _render(mail: OutgoingMail, brand: Brand) -> RenderedMail:
    link = _link(mail)
    context = {
        "mail": mail, "link": link, "site": settings.SITE_URL, "days": SET_PASSWORD_DAYS, "product": brand.name,
        "access": access_of(mail.company) if mail.company else None,
    }  # fmt: skip
    template = mail.params.get("template") or mail.kind
    # One line, even if a company's name holds line breaks: no header can be injected.
    subject = " ".join(render_to_string(f"mail/{template}_subject.txt", context).split())
    body = render_to_string(f"mail/{template}.txt", context).strip()
    words = body.removesuffix(settings.SITE_URL).strip()
    return RenderedMail(
        sender=_sender(brand),
        recipient=_recipient(mail),
        subject=subject,
        text=f"{words}\n\n{brand.name}\n{settings.SITE_URL}\n",
        html=render_to_string("mail/_page.html", _page(brand, subject, words, link)),
    )


def _page(brand: Brand, subject: str, words: str, link: str) -> dict[str, Any]:
    parts = (part.strip() for part in words.split("\n\n"))
    return {
        "brand": brand,
        "subject": subject,
        "paragraphs": [Paragraph(part, part == link) for part in parts if part],
        "site": settings.SITE_URL,
        "palette": decide_palette(brand.colour or OUR_COLOUR, LIGHT),
    }


def _sender(brand: Brand) -> str:
    """The installation's address. Without a name of its own it gets the brand's."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or brand.name, address))


def _recipient(mail: OutgoingMail) -> str:
    """A person's current address, unless the mail names another one: the new or the old one of a change."""
    if mail.user is not None:
        return str(mail.params.get("to", mail.user.email))
    return mail.invitation.email if mail.invitation else ""


def _language(mail: OutgoingMail) -> str:
    invitation = mail.invitation
    reader = mail.user or (invitation.user if invitation else None)
    if reader is not None:
        return language_of_person(reader)
    # New people most likely read their inviter's language. An operator's language says nothing about theirs.
    by = invitation.invited_by if invitation else None
    chosen = chosen_language(by) if by and not by.is_staff else ""
    return chosen or language_of_company(invitation.company if invitation else None)


def _link(mail: OutgoingMail) -> str:
    """The mail's link. It always leads into this installation."""
    if mail.invitation is not None:
        return invitation_url(mail.invitation)
    user = mail.user
    if "path" in mail.params:
        return f"{settings.SITE_URL}{mail.params['path']}"
    if user is None:
        raise ValueError("A mail without a person and without an invitation.")
    if mail.params.get("template") == "address_confirm":
        return new_address_url(user, mail.params["to"])
    return password_reset_url(user) if mail.kind == OutgoingMail.Kind.PASSWORD_RESET else set_password_url(user)
