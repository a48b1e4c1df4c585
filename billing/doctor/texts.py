"""The doctor's texts: a title for each check; for each code, its cause and its remedy.

Values from WHMCS are put in unescaped. Whoever shows a text has to escape it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.doctor.codes import Check, Code
from billing.doctor.texts_of_listing import TEXTS_OF_LISTING

Text = tuple[Promise | str, Promise | str]

TITLES: dict[Check, Promise] = {
    Check.BASE_URL: _("Base URL"),
    Check.NAME: _("Host name"),
    Check.CONNECTION: _("Connection"),
    Check.CERTIFICATE: _("Certificate"),
    Check.WHMCS: _("Is it WHMCS?"),
    Check.CLOCK: _("Clock"),
    Check.ALLOW_LIST: _("API IP Access Restriction"),
    Check.CREDENTIALS: _("Identifier and secret"),
    Check.PRODUCTS: _("Permission GetClientsProducts"),
    Check.DETAILS: _("Permission GetClientsDetails"),
    Check.ROLE: _("No other permission"),
    Check.SERVICES: _("Services of the product"),
    Check.PLAN_OPTION: _("Option with the plan"),
    Check.PASSWORD_FIELD: _("Field with the first password"),
    Check.PLANS: _("Plans here"),
    Check.PAGING: _("Pages of the list"),
    Check.SPEED: _("Answer time"),
    Check.HOOK: _("Instant updates"),
}

TEXTS: dict[Code, Text] = TEXTS_OF_LISTING | {
    Code.NOT_TRIED: (_("“{first}” has to be fixed first."), ""),
    Code.URL_GOOD: (_("Calls go to {endpoint}."), ""),
    Code.URL_REFUSED: ("{cause}", "{remedy}"),
    Code.NAME_RESOLVED: (_("{host} resolves to {addresses}."), ""),
    Code.CONNECTED: (_("{address} accepts connections on port {port}."), ""),
    Code.CERTIFICATE_GOOD: (_("It is valid for this host until {until}, and issued by a trusted authority."), ""),
    Code.CERTIFICATE_ENDS_SOON: (
        _("The certificate of {host} ends on {until}."),
        _("Renew it on the web server of WHMCS, or set up automatic renewal."),
    ),
    Code.CERTIFICATE_EXPIRED: (
        _("The certificate of {host} expired on {until}, so nothing was sent."),
        _("Renew it in the web server of WHMCS."),
    ),
    Code.CERTIFICATE_NOT_YET_VALID: (
        _("The certificate of {host} is valid only from {since} on, so nothing was sent."),
        _("Check the clock of this server, or have the certificate made anew."),
    ),
    Code.CERTIFICATE_WRONG_NAME: (
        _("The certificate is for {names} and not for {host}, so nothing was sent."),
        _("Enter a base URL with a name that it is for, or get a certificate for {host}."),
    ),
    Code.CERTIFICATE_SELF_SIGNED: (
        _("The certificate of {host} is self-signed, so nothing was sent."),
        _("Get a certificate from a public authority, such as Let's Encrypt."),
    ),
    Code.CERTIFICATE_UNKNOWN_AUTHORITY: (
        _("The certificate of {host} was issued by an unknown authority, so nothing was sent."),
        _(
            "Let the web server send the whole chain (the intermediate certificates too), or get a certificate from a "
            "public authority."
        ),
    ),
    Code.CERTIFICATE_REFUSED: (
        _("The certificate of {host} was refused, so nothing was sent."),
        _("Get a certificate from a public authority, such as Let's Encrypt."),
    ),
    Code.PLAIN_HTTP_HERE: (_("Plain http that does not leave this machine, so there is no certificate."), ""),
    Code.PLAIN_HTTP: (
        _("Calls use plain http: anybody on the way can read the API secret."),
        _("Switch https on in the web server of WHMCS, and enter the base URL with https://."),
    ),
    Code.HTTPS_EXPECTED: (
        _("{host} speaks https at port {port}, but the base URL says http."),
        _("Enter the base URL with https://."),
    ),
    Code.IS_WHMCS: (_("WHMCS's API answers."), ""),
    Code.PHP_WARNINGS: (
        _("PHP prints warnings in front of WHMCS's answer. They were cut off; others might not be."),
        _("Turn off Display Errors in WHMCS, and look for the add-on or hook that causes them."),
    ),
    Code.CLOCKS_AGREE: (_("The clocks of WHMCS and of this server agree."), ""),
    Code.CLOCK_AHEAD: (
        _("The clock of WHMCS is ahead of the one here by {difference} (hours:minutes)."),
        _("Correct the wrong one, preferably with NTP. Beyond 12 hours, no due date is acted on."),
    ),
    Code.CLOCK_BEHIND: (
        _("The clock of WHMCS is behind the one here by {difference} (hours:minutes)."),
        _("Correct the wrong one, preferably with NTP. Beyond 12 hours, no due date is acted on."),
    ),
    Code.CLOCK_UNKNOWN: (_("WHMCS's answers do not say what time it is (no header Date)."), ""),
    Code.ADDRESS_ALLOWED: (_("WHMCS accepts calls from the address of this server."), ""),
    Code.CREDENTIALS_ACCEPTED: (_("WHMCS knows the API identifier and the secret."), ""),
    Code.ACTION_ALLOWED: (_("The role allows {action}."), ""),
    Code.ROLE_EXACT: (_("Nothing else that was asked for is allowed ({actions})."), ""),
    Code.PROBE_FAILED: (_("It could not be tested completely: {reason}"), ""),
    Code.ROLE_TOO_WIDE: (
        _("The role allows more than Ticketz needs, such as {actions}."),
        _(
            "Leave only GetClientsDetails and GetClientsProducts ticked in the role, under Manage API Credentials > "
            "API Roles."
        ),
    ),
    Code.HOOK_OFF: (_("Off. They are optional, because WHMCS is read every few minutes."), ""),
    Code.HOOK_HEARD: (_("WHMCS's hook was heard last: {at}."), ""),
    Code.HOOK_UNHEARD: (
        _("There is a secret, but WHMCS's hook was never heard."),
        _("Put hook file and configuration into WHMCS and try them there, or switch instant updates off."),
    ),
    Code.HOOK_REFUSED: (
        _("Calls were refused since WHMCS's hook was heard ({count}), the last one because: {why}."),
        _("Look at the configuration beside WHMCS, or make a new secret on the page “Instant updates”."),
    ),
    Code.HOOK_SILENT: (
        _("WHMCS's hook was heard last: {at}. Since then, readings found changes that it should have told."),
        _("Try it on the server of WHMCS with ticketz-ping.php, or switch instant updates off."),
    ),
    Code.HOOK_UNREADABLE: (
        _("The secret can't be decrypted with any key."),
        _("Make a new secret on the page “Instant updates”."),
    ),
}
