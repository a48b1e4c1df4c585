"""Tries a connection the way a run would use it, one line for each thing that can be wrong."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.errors import BadRecord, BillingError
from billing.models import WhmcsGateway
from billing.translated import translated
from billing.whmcs import Page, WhmcsClient
from plans.matching import Match, match_plan
from plans.models import Plan


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried. `code` is stable, `text` is for people: the result, its cause and the remedy."""

    ok: bool
    code: str
    text: str


def examine(gateway: WhmcsGateway) -> list[Finding]:
    """Try a gateway; stops at the first thing without which the rest can't be tried. Writes nothing."""
    try:
        with gateway.client() as client:
            return _examine(gateway, client)
    except BillingError as error:
        return [_problem(error)]


def _examine(gateway: WhmcsGateway, client: WhmcsClient) -> list[Finding]:
    try:
        page = client.fetch_products(product_id=gateway.product_code, limitstart=0, limitnum=25)
    except BillingError as error:
        return [_problem(error)]
    findings = [Finding(True, "services_readable", _("WHMCS answers, and the services can be read."))]
    ours = [row for row in page.rows if row.product_id == gateway.product_code]
    if not ours:
        text = _("No service of product %(code)s was found. Is that the number after &id= in the product's address?")
        return [*findings, Finding(False, "no_services", text % {"code": gateway.product_code})]
    return [*findings, _examine_details(client, ours[0].client_id), _examine_plans(page)]


def _examine_details(client: WhmcsClient, client_id: int) -> Finding:
    try:
        client.fetch_client(client_id)
    except BadRecord:
        pass  # That one client is odd; that the details may be read is all we wanted to know.
    except BillingError as error:
        return _problem(error)
    return Finding(True, "details_readable", _("The clients' details can be read."))


def _examine_plans(page: Page) -> Finding:
    plans = dict(Plan.objects.values_list("name", "pk"))
    unknown = sorted(
        {row.plan_value or "" for row in page.rows if not isinstance(match_plan(row.plan_value or "", plans), Match)}
    )
    if not unknown:
        return Finding(True, "plans_known", _("The plans of the services are spelled like yours."))
    shown = ", ".join(f"“{value}”" for value in unknown[:5])
    text = _("No plan here is spelled like %(values)s. Names have to be equal character by character.")
    return Finding(False, "plans_unknown", text % {"values": shown})


def _problem(error: BillingError) -> Finding:
    return Finding(False, error.code.value, translated(error.code, error.params))
