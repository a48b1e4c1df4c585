"""All addresses, each with who may pass. One that is not in the table fails `tests.test_routes`."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from companies.authorization.gates import Gate

ROUTES = {
    "healthz": Gate.PUBLIC,
    "readyz": Gate.PUBLIC,
    "metrics": Gate.PUBLIC,
    "favicon.ico": Gate.PUBLIC,
    "": Gate.OPEN_COMPANY,
    "team/": Gate.OPEN_COMPANY,
    "team/<slug:key>/": Gate.OPEN_COMPANY,
    "team/<slug:key>/role/": Gate.OPEN_COMPANY,
    "team/<slug:key>/resend/": Gate.OPEN_COMPANY,
    "team/<slug:key>/again/": Gate.OPEN_COMPANY,
    "team/<slug:key>/dismiss/": Gate.OPEN_COMPANY,
    "team/<slug:key>/owner/": Gate.OPEN_COMPANY,
    "team/who-stays/": Gate.OPEN_COMPANY,
    "team/<slug:key>/back/": Gate.OPEN_COMPANY,
    "team/<slug:key>/remove/": Gate.OPEN_COMPANY,
    "company/switch/": Gate.SIGNED_IN,
    "company/check/": Gate.COMPANY,
    "invitations/<int:pk>/accept/": Gate.SIGNED_IN,
    "invitations/<int:pk>/decline/": Gate.SIGNED_IN,
    "join/<str:token>/": Gate.PUBLIC,
    "just-bought/": Gate.PUBLIC,
    "welcome/<str:token>/": Gate.PUBLIC,
    "account/": Gate.SIGNED_IN,
    "account/welcomed/": Gate.SIGNED_IN,
    "account/companies/<int:pk>/leave/": Gate.SIGNED_IN,
    "brand/<slug:digest>/logo": Gate.PUBLIC,
    "brand/<slug:digest>/colours.css": Gate.PUBLIC,
    "account/email/": Gate.VERIFIED,
    "account/email/<str:token>/": Gate.VERIFIED,
    "account/sessions/": Gate.VERIFIED,
    "account/sessions/<int:pk>/end/": Gate.VERIFIED,
    "account/sessions/end-others/": Gate.VERIFIED,
    "i18n/setlang/": Gate.PUBLIC,
    "accounts/login/": Gate.PUBLIC,
    "accounts/logout/": Gate.PUBLIC,
    "accounts/password/change/": Gate.SIGNED_IN,
    "accounts/password/reset/": Gate.PUBLIC,
    "accounts/password/reset/done/": Gate.PUBLIC,
    "^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Gate.PUBLIC,
    "accounts/password/reset/key/done/": Gate.PUBLIC,
    "accounts/login/second-step/": Gate.PUBLIC,
    "accounts/login/passkey/": Gate.PUBLIC,
    "accounts/confirm/": Gate.SIGNED_IN,
    "accounts/confirm/code/": Gate.SIGNED_IN,
    "accounts/confirm/passkey/": Gate.SIGNED_IN,
    "accounts/two-factor/": Gate.VERIFIED,
    "accounts/two-factor/app/": Gate.VERIFIED,
    "accounts/two-factor/app/remove/": Gate.VERIFIED,
    "accounts/two-factor/codes/": Gate.VERIFIED,
    "accounts/two-factor/codes/new/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/add/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/<int:pk>/name/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/<int:pk>/remove/": Gate.VERIFIED,
    "hooks/whmcs/<uuid:uid>/": Gate.PUBLIC,
}
OPEN_ADMIN_ROUTES = {"admin/login/", "admin/logout/", "admin/jsi18n/"}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


ALL = dict(routes(get_resolver().url_patterns))
ADMIN = sorted(route for route in ALL if route.startswith("admin/"))


def path_of(route: str) -> str:
    """An address of this route; what stands in for the variable parts does not exist."""
    for variable, value in {
        "<slug:key>": "0" * 24, "<int:pk>": "987654", "<str:token>": "x", "<path:object_id>": "987654",
        "<int:content_type_id>": "1", "<slug:name>": "lock", "<app_label>": "plans", "(?P<url>.*)$": "x/",
        "<slug:section>": "paused",
        "(?P<app_label>plans|companies)": "plans",
    }.items():  # fmt: skip
        route = route.replace(variable, value)
    return "/" + route.removesuffix("$").replace("^", "")
