"""Mails to look at: one of each kind, and what goes out."""

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from companies import team
from companies.events import Actor
from companies.mail.outbox import queue_notice, queue_password_reset, queue_welcome, send_due_mails
from companies.models import Invitation, Role, User
from tests.companies.factories import make_company

NOTICES = ("factor_added", "factor_removed", "password_changed", "recovery_code_used", "recovery_codes_made")


def sent() -> list[EmailMultiAlternatives]:
    """What goes out now."""
    mail.outbox.clear()
    send_due_mails()
    return [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]


def page_of(message: EmailMultiAlternatives) -> str:
    [page] = message.alternatives
    assert page[1] == "text/html"
    return str(page[0])


def queue_all(person: User, company_name: str = "Ana Sousa") -> None:
    """One of each kind that this app makes."""
    queue_welcome(person)
    queue_password_reset(person)
    for template in NOTICES:
        queue_notice(person, template)
    company = make_company(company_name)
    invitation = team.add_member(
        company, email="bob@example.com", name="Bob", role=Role.MEMBER, password=None, actor=Actor("boss")
    )
    assert isinstance(invitation, Invitation)
