"""The doctor's texts about the list of services."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.doctor.codes import Code

_CACHE = _("Look for a cache, a hook or a proxy that keeps or changes the answers of /includes/api.php.")

TEXTS_OF_LISTING: dict[Code, tuple[Promise | str, Promise | str]] = {
    Code.NEEDS_SERVICES: (_("There is no service of the product to look at."), ""),
    Code.SERVICES_FOUND: (
        _("Product {product} ({name}). Services by WHMCS's count: {total}; looked at: {seen}."), "",
    ),
    Code.NO_SERVICES: (
        _("WHMCS holds no service at all yet, so the product code, the option and the field could not be checked."),
        _("Buy the product once in WHMCS's cart, then test again."),
    ),
    Code.SERVICES_HIDDEN: (
        _("WHMCS shows no services at all, although companies here depend on some ({known})."),
        _(
            "Nobody loses anything by that. Look whether WHMCS answers from the right database, and whether the base "
            "URL is that of the right WHMCS."
        ),
    ),
    Code.OTHER_PRODUCTS: (
        _("There is no service of product {product}, but there are some of: {products}."),
        _(
            "Enter the number behind &id= or &pid= in the product's address as product code. If it is right and "
            "nobody bought the product yet, buy it once and test again."
        ),
    ),
    Code.SERVICES_UNREADABLE: (
        _("Services that can't be read: {bad} of {seen}. The first one is number {first}."), "{reason}",
    ),
    Code.OPTION_FOUND: (_("“{name}” is sent with each service that was looked at."), ""),
    Code.OPTION_PARTLY_EMPTY: (
        _("Services without a value in the option “{name}”: {missing} of {seen}."),
        _("Choose a plan for them in WHMCS; until then they wait, and companies keep the plan they have."),
    ),
    Code.OPTION_EMPTY: (
        _("The option “{name}” is there, but has no value in any service that was looked at."),
        _("Give the option one entry for each plan in WHMCS, and choose one in each service."),
    ),
    Code.OPTION_MISSING: (
        _("WHMCS sends no option named “{name}”. It sends: {names}."),
        _("Enter its name in this gateway under “option that holds the plan”, or rename it in WHMCS."),
    ),
    Code.OPTION_NONE: (
        _("WHMCS sends no configurable option with the services of this product."),
        _(
            "Create the option “{name}” under Configurable Options in WHMCS and assign its group to the product. If it "
            "is there, the product code is another product's."
        ),
    ),
    Code.FIELD_FOUND: (_("“{name}” is sent with each service that was looked at, and can be used."), ""),
    Code.FIELD_PARTLY_UNUSABLE: (
        _("Services without a usable value in the field “{name}”: {unusable} of {seen}."),
        _(
            "Where they are new, tick Required Field and Show on Order Form at the field. Their owners get a link to "
            "set a password."
        ),
    ),
    Code.FIELD_EMPTY: (
        _("The field “{name}” is there, but empty in each service that was looked at."),
        _(
            "Tick Required Field and Show on Order Form at the field in WHMCS. Until then new owners get a link to set "
            "a password."
        ),
    ),
    Code.FIELD_ENCRYPTED: (
        _("The field “{name}” arrives encrypted, so nobody can tell what was typed."),
        _("Change the field's type to Text Box in WHMCS. Until then new owners get a link to set a password."),
    ),
    Code.FIELD_MISSING: (
        _("WHMCS sends no custom field named “{name}”. It sends: {names}."),
        _("Enter its name in this gateway under “field that holds the first password”, or rename it in WHMCS."),
    ),
    Code.FIELD_NONE: (
        _("WHMCS sends no custom field with the services of this product."),
        _(
            "Create the field “{name}” on the Custom Fields tab of the product in WHMCS: type Password, required, "
            "shown on the order form. If it is there, the product code is another product's."
        ),
    ),
    Code.PLANS_KNOWN: (_("Each plan in these services is spelled like one here: {names}."), ""),
    Code.PLANS_UNKNOWN: (
        _("No plan here is spelled like {values}."),
        "{explanation}",
    ),
    Code.NO_PLANS: (
        _("There are no plans here yet. WHMCS sends: {values}."),
        _("Create a plan here for each of them, spelled exactly alike."),
    ),
    Code.NO_VALUES: (_("No service holds the name of a plan."), ""),
    Code.PAGING_GOOD: (_("Pages follow on each other, the counts add up, and WHMCS sends what it is asked for."), ""),
    Code.LIMIT_IGNORED: (
        _("Asked for {limit} services at most, WHMCS sent {returned}: it ignores limitnum."),
        _("Ticketz copes, but each reading takes long. Look for a hook or a proxy that changes the call."),
    ),
    Code.PAGE_REPEATED: (
        _("Asked for the services from number {start} on, WHMCS sent the first page again: it ignores limitstart."),
        _CACHE,
    ),
    Code.PAGE_MISCOUNTED: (
        _("WHMCS counts {claimed} services on a page that holds {returned} (numreturned)."), _CACHE,
    ),
    Code.TOTAL_TOO_HIGH: (
        _("WHMCS counts {total} services (totalresults), but its list ends before that."),
        _("Until that adds up nothing is concluded from what is missing. Look for a hook that changes the list."),
    ),
    Code.TOTAL_TOO_LOW: (
        _("WHMCS counts {total} services (totalresults), but its list holds more."), _CACHE,
    ),
    Code.TOTAL_MISSING: (_("WHMCS does not say how many services there are (totalresults)."), _CACHE),
    Code.FILTER_IGNORED: (
        _("Asked for product {product} alone, WHMCS also sent services of: {products}."), _CACHE,
    ),
    Code.SERVICE_FILTER_IGNORED: (_("Asked for service {service} alone, WHMCS sent others."), _CACHE),
    Code.DUPLICATES: (_("WHMCS sends services twice: {services}."), _CACHE),
    Code.LIST_MOVED: (
        _("Asked for the same services a second time, WHMCS sent others: the list has no steady order."),
        _("If nothing was bought or deleted at that moment, look for a hook or a proxy that changes the list."),
    ),
    Code.FAST: (_("The slowest page of services took {seconds} s."), ""),
    Code.SLOW: (
        _("The slowest page of services took {seconds} s."),
        _("Look at the load of the WHMCS server. A call may take 30 s; then it counts as failed."),
    ),
}  # fmt: skip
