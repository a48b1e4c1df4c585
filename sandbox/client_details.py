"""GetClientsDetails: a client as the WHMCS developer documentation (getclientsdetails) shows it."""

from sandbox.encoding import MISSING, RawJson, encode_object, flatten
from sandbox.generations import ClientForm, Generation
from sandbox.records import Client, Service
from sandbox.rows import Entry, text_of

_COUNTER_NAMES = (
    "numoverdueinvoices numDraftInvoices numunpaidinvoices numpaidinvoices numcancelledinvoices numrefundedinvoices "
    "numcollectionsinvoices numpaymentpendinginvoices productsnumactivehosting productsnumhosting "
    "productsnumactivereseller productsnumreseller productsnumactiveservers productsnumservers numactivedomains "
    "numdomains numacceptedquotes numquotes numtickets numactivetickets numaffiliatesignups"
)
_BALANCE_NAMES = (
    "dueinvoicesbalance creditbalance grossRevenue expenses income overdueinvoicesbalance draftInvoicesBalance "
    "unpaidinvoicesamount paidinvoicesamount cancelledinvoicesamount refundedinvoicesamount "
    "collectionsinvoicesamount paymentpendinginvoicesamount"
)
_PREFERENCES = ("general", "invoice", "support", "product", "domain", "affiliate")


def build_client(client: Client, generation: Generation) -> Entry:
    """Return the columns of the `client` object, in the generation's types."""
    columns = _ids(client, generation) | _contact(client, generation) | _settings(client, generation)
    if generation.with_client_secrets:
        columns |= {"password": client.password_hash, "securityqid": _number(2, generation), "securityqans": "Rex"}
    if generation.with_users:
        owner: Entry = {"id": client.id + 1000, "name": client.name, "email": client.email, "is_owner": True}
        columns["users"] = {"user": [owner]}
    return columns


def encode_client(columns: Entry, stats: Entry | None, generation: Generation) -> str:
    """Return the whole answer as JSON text. `stats` None leaves them out, as WHMCS does unless asked."""
    answer: Entry = {"result": "success"}
    if generation.with_warnings:
        answer["warnings"] = "A deprecated parameter was used"
    if generation.client_form in (ClientForm.ROOT, ClientForm.BOTH) and not generation.flattened:
        answer |= columns
    if generation.flattened:
        answer |= flatten("client", {key: value for key, value in columns.items() if value is not MISSING})
    elif generation.client_form in (ClientForm.NESTED, ClientForm.BOTH):
        answer["client"] = RawJson(encode_object(columns))
    if stats is not None:
        answer |= flatten("stats", stats) if generation.flattened else {"stats": stats}
    return encode_object(answer)


def build_stats(services: list[Service]) -> Entry:
    """Return the figures that WHMCS adds with `stats`; only those about products are counted."""
    active = sum(service.status == "Active" for service in services)
    stats: Entry = {"numdueinvoices": 0, "incredit": False}
    stats |= dict.fromkeys(_COUNTER_NAMES.split(), 0)
    stats |= dict.fromkeys(_BALANCE_NAMES.split(), "$0.00 USD")
    stats |= dict.fromkeys(("productsnumactiveother", "productsnumactive"), active)
    return stats | dict.fromkeys(("productsnumother", "productsnumtotal"), len(services)) | {"isAffiliate": False}


def _number(value: int, generation: Generation) -> int | str:
    return value if generation.integer_client_ids else str(value)


def _flag(value: bool, generation: Generation) -> bool | str:
    if generation.real_booleans:
        return value
    return "1" if value else ""


def _ids(client: Client, generation: Generation) -> Entry:
    own = _number(client.id, generation)
    if not generation.with_users:
        return {"userid": own, "id": own, "uuid": client.uuid}
    owner = _number(client.id + 1000, generation)
    return {"client_id": own, "owner_user_id": owner, "userid": own, "id": own, "uuid": client.uuid}


def _contact(client: Client, generation: Generation) -> Entry:
    text = text_of(generation)
    return {
        "firstname": text(client.first_name),
        "lastname": text(client.last_name),
        "fullname": text(client.name),
        "companyname": text(client.company),
        "email": text(client.email),
        "address1": "123 Test Street",
        "address2": "",
        "city": "Test",
        "fullstate": "Tester",
        "state": "Tester",
        "postcode": "TE5 5ST",
        "countrycode": "GB",
        "country": "GB",
        "phonenumber": text(client.phone),
        "tax_id": "",
        "email_preferences": dict.fromkeys(_PREFERENCES, "1"),
        "statecode": "Tester",
        "countryname": "United Kingdom",
        "phonecc": "44",
        "phonenumberformatted": text(client.phone),
        "telephoneNumber": text(client.phone),
    }


def _settings(client: Client, generation: Generation) -> Entry:
    off, on = _flag(False, generation), _flag(True, generation)
    zero = _number(0, generation)
    return {
        "billingcid": zero,
        "notes": text_of(generation)(client.notes),
        "currency": _number(1, generation),
        "defaultgateway": "",
        "groupid": zero,
        "status": client.status,
        "credit": "0.00",
        "taxexempt": off,
        "latefeeoveride": off,
        "overideduenotices": off,
        "separateinvoices": off,
        "disableautocc": off,
        "emailoptout": off,
        "marketing_emails_opt_in": on,
        "overrideautoclose": off,
        "allowSingleSignOn": _number(1, generation),
        "email_verified": on,
        "language": client.language,
        "isOptedInToMarketingEmails": on,
        "lastlogin": "Date: 03/10/2016 10:26<br>IP Address:<br>Host:",
        "currency_code": "USD",
        "customfields": [{"id": _number(1, generation), "value": "Custom Field Value"}],
        "customfields1": "Custom Field Value",
    }
