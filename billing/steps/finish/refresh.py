"""Updates names and contact addresses from WHMCS: each run reads a few, oldest first, each about once a day."""

from collections.abc import Sequence
from datetime import timedelta

from billing.errors import BadRecord, BillingError, ClientNotFound
from billing.models import Subscription
from billing.reconcile import Standing, standing_of
from billing.steps.clients.details import contact_of, is_broken
from billing.steps.run.context import Context
from billing.steps.safeguards.identity import ensure_same_contacts, is_accepted, load_sample
from companies import lifecycle
from companies.people.emails import InvalidEmail, canonical_email

REREAD_AFTER = timedelta(days=1)
AT_MOST = 20


def refresh_contacts(context: Context) -> None:
    """Update some companies' contact details. If WHMCS fails, stop without an error: the next run goes on.

    Raises UnsafeChangeSet if the details are those of other people. After an approval of that, read first the clients
    that would be compared next time; otherwise the same question would be asked again.
    """
    rows = load_sample(context.gateway, AT_MOST) if is_accepted(context) else []
    rows += _load_longest_unread(context, besides=rows)[: AT_MOST - len(rows)]
    with context.progress.phase("refresh"):
        read = _fetch_contacts(context, rows)
    ensure_same_contacts(context, read)
    for row, contact in read:
        with context.lease.writing():
            if contact is not None and row.company is not None:
                lifecycle.update_contact(row.company, contact, actor=context.actor, at=context.at)
            Subscription.objects.filter(pk=row.pk).update(details_read_at=context.at)


def _load_longest_unread(context: Context, *, besides: Sequence[Subscription]) -> list[Subscription]:
    rows = Subscription.objects.existing().filter(gateway_id=context.gateway.pk, company__isnull=False)
    old = rows.filter(details_read_at__lt=context.at - REREAD_AFTER).exclude(pk__in=[row.pk for row in besides])
    return list(old.select_related("company").order_by("details_read_at")[:AT_MOST])


def _fetch_contacts(
    context: Context, rows: Sequence[Subscription]
) -> list[tuple[Subscription, lifecycle.Contact | None]]:
    """Each row with its present contact from WHMCS; None if that can't be used, so that ours stays unchanged."""
    read: list[tuple[Subscription, lifecycle.Contact | None]] = []
    for row in rows:
        context.go_on()
        try:
            contact = _fetch_contact(context, row) if standing_of(row.status) is Standing.PAID else None
        except (ClientNotFound, BadRecord, InvalidEmail):
            contact = None
        except BillingError:
            break
        read.append((row, contact))
    return read


def _fetch_contact(context: Context, row: Subscription) -> lifecycle.Contact:
    """The present contact from WHMCS; a detail that WHMCS does not send, or a broken name, keeps our value."""
    client, known = context.client.fetch_client(row.client_id), row.company
    prefer = context.gateway.prefer_company_name
    contact = contact_of(client, canonical_email(client.email), prefer_company_name=prefer)
    if known is None:
        return contact
    keeps_name = is_broken(contact.name) or (prefer and client.company_name is None)
    return contact._replace(
        name=known.name if keeps_name else contact.name,
        phone=known.phone if client.phone is None else contact.phone,
        language=known.language if client.language is None else contact.language,
    )
