"""What a mail of the outbox says, in the language of whom it is for: one text, and the same as a calm page.

The page is made of the text, so that both always say the same. It asks for nothing from anywhere: no picture, no
script, nothing that tells whether it was read.
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
class Letter:
    """All that a mail server needs to know."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str


class Paragraph(NamedTuple):
    """A part of a text; `is_link` where it is nothing but the address that the mail is about."""

    text: str
    is_link: bool


def compose(mail: OutgoingMail) -> Letter:
    """The mail as it goes out now, with a link that is made now."""
    # Operators know their service by our name, as in the administration.
    brand = Brand() if mail.kind == OutgoingMail.Kind.ALERT else load_brand()
    with translation.override(_language(mail)):
        return _compose(mail, brand)


def _compose(mail: OutgoingMail, brand: Brand) -> Letter:
    link = _link(mail)
    context = {
        "mail": mail, "link": link, "site": settings.SITE_URL, "days": SET_PASSWORD_DAYS, "product": brand.name,
        "access": access_of(mail.company) if mail.company else None,
    }  # fmt: skip
    template = mail.params.get("template") or mail.kind
    # One line, whatever somebody put into a company's name.
    subject = " ".join(render_to_string(f"mail/{template}_subject.txt", context).split())
    body = render_to_string(f"mail/{template}.txt", context).strip()
    words = body.removesuffix(settings.SITE_URL).strip()
    return Letter(
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
    """The address of the installation, under the product's name unless it has one of its own."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or brand.name, address))


def _recipient(mail: OutgoingMail) -> str:
    """A person's own address, unless the mail is for one that they want, or had until now."""
    if mail.user is not None:
        return str(mail.params.get("to", mail.user.email))
    return mail.invitation.email if mail.invitation else ""


def _language(mail: OutgoingMail) -> str:
    invitation = mail.invitation
    reader = mail.user or (invitation.user if invitation else None)
    if reader is not None:
        return language_of_person(reader)
    # Who is new here most likely reads what their colleague reads; what an operator reads says nothing about it.
    by = invitation.invited_by if invitation else None
    chosen = chosen_language(by) if by and not by.is_staff else ""
    return chosen or language_of_company(invitation.company if invitation else None)


def _link(mail: OutgoingMail) -> str:
    """Into this installation and nowhere else."""
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
