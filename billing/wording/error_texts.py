"""An English text for each error. Its first sentence is the cause, the rest the remedy."""

from billing.error_codes import ErrorCode


def marked(text: str) -> str:
    """Mark a text for makemessages (imported as `_`). `billing.wording.errors` translates it later."""
    return text


_ = marked

SENTENCES: dict[ErrorCode, str] = {
    ErrorCode.TIMEOUT: _(
        "WHMCS did not answer completely within {seconds} seconds. The next run tries again; if this keeps happening, "
        "look at the load of the WHMCS server."
    ),
    ErrorCode.CONNECTION: _(
        "No connection to {host}, or it broke off ({reason}). Check that the WHMCS server runs and that this server "
        "may reach it."
    ),
    ErrorCode.NAME_NOT_RESOLVED: _(
        "The name {host} has no address in the DNS. Check the base URL for typing mistakes, and the DNS."
    ),
    ErrorCode.SERVER_ERROR: _(
        "The WHMCS server failed with HTTP status {status}. Look into its PHP error log if this keeps happening."
    ),
    ErrorCode.EMPTY_ANSWER: _(
        "WHMCS answered nothing at all (HTTP status {status}). Look into its PHP error log if this keeps happening."
    ),
    ErrorCode.PHP_ERROR: _(
        "PHP fails in WHMCS: its error message came instead of an answer. Look into the PHP error log of the WHMCS "
        "server, and for the add-on or hook that was changed last."
    ),
    ErrorCode.TRUNCATED: _("WHMCS's answer broke off in the middle. The next run tries again."),
    ErrorCode.RATE_LIMITED: _(
        "The WHMCS server asks us to slow down (HTTP status 429, retry after: {retry_after}). The next run tries "
        "again; exempt this server from its rate limit if this keeps happening."
    ),
    ErrorCode.MAINTENANCE: _(
        "WHMCS shows its maintenance page, as it does during an upgrade. The next run tries again."
    ),
    ErrorCode.BOT_PROTECTION: _(
        "{product} in front of WHMCS takes us for a bot. Exempt the address of this server, or the path "
        "/includes/api.php, from its bot protection."
    ),
    ErrorCode.EDGE_BLOCKED: _(
        "Something in front of WHMCS refused the call (HTTP status {status}, not in WHMCS's own words). Look for the "
        "address of this server in the firewall, ModSecurity or fail2ban of the WHMCS server."
    ),
    ErrorCode.CALL_BUDGET_SPENT: _(
        "So many calls to WHMCS failed that this run makes no more of them: no more than {per_hour} an hour may fail. "
        "The next run goes on by itself, and a sync that you start tries at once. The runs before this one name the "
        "cause."
    ),
    ErrorCode.IP_NOT_ALLOWED: _(
        "WHMCS does not accept calls from {address}. Add this address in WHMCS under System Settings > General "
        "Settings > Security > API IP Access Restriction."
    ),
    ErrorCode.CREDENTIALS_REFUSED: _(
        "WHMCS does not know this API identifier and secret. Create a credential under Manage API Credentials in "
        "WHMCS and enter both of its parts on the gateway's page."
    ),
    ErrorCode.ACTION_NOT_ALLOWED: _(
        "The API role in WHMCS does not allow {action}. Tick {action} in the role under Manage API Credentials > API "
        "Roles."
    ),
    ErrorCode.UNKNOWN_ACTION: _(
        "This WHMCS does not know the API action {action}. Update WHMCS, or check that the base URL leads to WHMCS "
        "itself."
    ),
    ErrorCode.FORM_LOST: _(
        "WHMCS got the call without its content: something on the way dropped it. Check that the base URL is the "
        "final address, with https and with or without www as WHMCS uses it."
    ),
    ErrorCode.WRONG_PATH: _(
        "The path of the base URL is wrong: WHMCS is there, but not its API. Enter the address of the WHMCS client "
        "area without anything behind it."
    ),
    ErrorCode.REDIRECTED: _(
        "WHMCS's address redirects to {target}. The secret is never sent on to another address: if that one is "
        "right, enter it as base URL."
    ),
    ErrorCode.ADDRESS_NOT_ALLOWED: _(
        "{host} leads to {address}, which is not a public address, so nothing was sent. If WHMCS really stands "
        "there, whoever deploys Ticketz has to name the host in WHMCS_TRUSTED_HOSTS."
    ),
    ErrorCode.TLS: _(
        "No safe connection to {host}: {reason}. Nothing was sent. Repair the certificate of the WHMCS server."
    ),
    ErrorCode.NO_TLS: _(
        "{host} does not speak https at port {port}, so nothing was sent. Switch https on in its web server, or "
        "correct the port in the base URL."
    ),
    ErrorCode.OLD_TLS: _(
        "{host} speaks no TLS that is safe, so nothing was sent. Switch on TLS 1.2 or 1.3 in its web server."
    ),
    ErrorCode.INVALID_BASE_URL: _("The base URL of the gateway can't be used, so nothing was sent: {reason}"),
    ErrorCode.SECRET_UNREADABLE: _(
        "The stored API secret can't be decrypted with any key in FIELD_ENCRYPTION_KEYS. Bring the old key back, or "
        "enter the secret again."
    ),
    ErrorCode.NOT_WHMCS: _(
        "What answers there is not the API of WHMCS (HTTP status {status}, {kind}). Check the base URL: it is the "
        "address of the client area."
    ),
    ErrorCode.NOT_THERE: _(
        "The web server answers, but below the base URL there is no /includes/api.php (HTTP status {status}). Enter "
        "the address of the client area as base URL; where WHMCS stands in a folder the folder belongs to it, such as "
        "https://example.com/clients."
    ),
    ErrorCode.HTTP_AUTH: _(
        "The web server asks for a user name and a password of its own before WHMCS gets to see the call (HTTP status "
        "401). Exempt the path /includes/api.php from that protection."
    ),
    ErrorCode.XML_ANSWER: _(
        "WHMCS answered in XML although JSON was asked for. Something on the way changes the call."
    ),
    ErrorCode.TOO_LARGE: _("The answer is larger than {max_bytes} bytes and was cut off."),
    ErrorCode.MALFORMED: _(
        "WHMCS's answer is not clean JSON ({reason}). Turn off Display Errors in WHMCS, and look for add-ons or "
        "hooks that print something."
    ),
    ErrorCode.NO_RESULT: _(
        "The answer is JSON, but not in the form of WHMCS: it has no result. Check the base URL, and what stands in "
        "front of WHMCS."
    ),
    ErrorCode.MISSING_CONTAINER: _(
        "WHMCS reports success, but its answer holds no {container}. Nothing was concluded from it."
    ),
    ErrorCode.UNKNOWN_SHAPE: _("WHMCS sent {container} in a form that is not known. Nothing was concluded from it."),
    ErrorCode.COUNT_MISMATCH: _(
        "WHMCS says that the page holds {claimed} services, but it holds none. Nothing was concluded from it."
    ),
    ErrorCode.OTHER_SERVICES: _(
        "Asked for service {service_id}, WHMCS answered with other services. Nothing was concluded from it. Look for "
        "something between here and WHMCS that changes or keeps answers."
    ),
    ErrorCode.UNENCODABLE_ROW: _(
        "WHMCS can't put a record into JSON because it holds broken characters, often after a database was restored "
        "with another character set or encryption key."
    ),
    ErrorCode.WHMCS_ERROR: _("WHMCS refused {action} with a message that is not known: {message}"),
    ErrorCode.CLIENT_NOT_FOUND: _("WHMCS does not know client {client_id} (any more)."),
    ErrorCode.SERVICE_NOT_FOUND: _("WHMCS does not know this service (any more)."),
    ErrorCode.BAD_RECORD: _("Client {client_id}: {field} {problem}."),
    ErrorCode.PAGE_FAILED: _("Services {first} to {last} of the list could not be read ({reason})."),
    ErrorCode.TOTAL_NOT_REACHED: _("WHMCS counts {total} services, but its list holds {seen}."),
    ErrorCode.REPEATED_PAGE: _("WHMCS sends the same page of the list again and again, after {seen} services."),
    ErrorCode.LIST_MOVED: _("The list of services changed too much while it was being read."),
    ErrorCode.TOO_MANY_PAGES: _("The list of services did not end within {calls} pages."),
    ErrorCode.MANY_ABSENT: _(
        "{missing} of {known} services were missing from an otherwise good list. Nothing was concluded from that. "
        "Check the product code, and whether WHMCS answers from the right database; approve it if they are really gone."
    ),
    ErrorCode.SERVICE_UNANSWERED: _(
        "Service {service_id} was not in the list, and WHMCS did not answer when asked for it alone. Nothing was "
        "concluded from that."
    ),
    ErrorCode.NOT_FINISHED: _("The list of services was not read completely."),
    ErrorCode.CLOCK_DIFFERS: _(
        "The clock of WHMCS and the clock here are {difference} apart (hours:minutes), so that nobody can say what day "
        "it is. No due date took anything away. Set both clocks."
    ),
    ErrorCode.FILTER_IGNORED: _(
        "Asked for the services of one product, WHMCS sent {foreign} of other products as well. Those of the product "
        "were followed, but nothing was concluded from what is missing. Look for something between here and WHMCS "
        "that changes the call."
    ),
    ErrorCode.FORMAT_CHANGED: _(
        "{bad} of {seen} services can't be read: the form of WHMCS's answers has changed. What stands here was kept "
        "and nobody loses access by it. Look at the first of them; after an update of WHMCS, update Ticketz."
    ),
    ErrorCode.UNSAFE_CHANGE_SET: _(
        "One run would take access from {losing} of {open} companies. Nothing was taken from anybody: look for the "
        "cause in WHMCS, and approve or reject it."
    ),
    ErrorCode.FIRST_IMPORT: _(
        "The first reading of this gateway would create {new} companies from {seen} services. Nothing was created: "
        "look at the figures, and approve or reject them."
    ),
    ErrorCode.OTHER_WHMCS: _(
        "{different} of {compared} known services belong to other clients than before, as if another WHMCS or a copy "
        "of it answered. Nothing was changed. Check the base URL and what was restored in WHMCS; approve it if it is "
        "right."
    ),
    ErrorCode.APPROVAL_OUTDATED: _("This has changed since you looked, or was decided already. Look at it again."),
    ErrorCode.RUN_IN_PROGRESS: _("Another run is reading this gateway already."),
    ErrorCode.LEASE_LOST: _("Another run has taken over this gateway, so this one stopped."),
    ErrorCode.PAUSED: _(
        "This gateway is paused since {since}: {reason}. Nothing was read. Check gateway and WHMCS, then say go: with "
        "the button on the gateway's page or with `sync_gateway NAME --resume`."
    ),
    ErrorCode.PREVIEW_OUTDATED: _(
        "This preview is more than a day old, or settings of the gateway or plans have changed since. Nothing was "
        "applied: make a new one."
    ),
    ErrorCode.PREVIEW_NOT_READY: _(
        "This preview can't be applied just now: it is being made or applied, or it was never made to its end."
    ),
    ErrorCode.PREVIEW_LOST: _("The worker that made this preview ended before it was done. Make a new one."),
    ErrorCode.DATABASE: _(
        "The database of Ticketz failed ({error}). Nothing is half done: what was written before stands, and the next "
        "reading does the rest."
    ),
}
