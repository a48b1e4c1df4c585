"""Checks on the services that WHMCS sends: the option with the plan, the field with the first password."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, not_tried, ok, problem, warning
from billing.models import Kind, Subscription, WhmcsGateway
from billing.reconcile import explain_miss
from billing.whmcs import PasswordReason, Sample, Unusable, parse_first_password
from billing.whmcs.names import name_matcher
from billing.wording.attention import sentence
from plans.differences import show
from plans.matching import Miss, match_plan

SHOWN = 8
_NEED_SERVICES = (Check.PLAN_OPTION, Check.PASSWORD_FIELD, Check.PLANS, Check.PAGING)


def judge_services(gateway: WhmcsGateway, sample: Sample) -> Finding:
    """Whether something was bought under the product code."""
    page, product = sample.page, gateway.product_code
    if page.bad:
        first = page.bad[0]
        reason = sentence(Kind.BAD_ROW, {"reason": first.code.value, **first.params})
        judge = warning if page.rows else problem
        return judge(
            Check.SERVICES, Code.SERVICES_UNREADABLE,
            bad=len(page.bad), seen=len(page.bad) + len(page.rows), first=first.service_id or "–", reason=reason,
        )  # fmt: skip
    total = "–" if page.total is None else page.total
    name = sample.products.get(product, "–")
    return ok(Check.SERVICES, Code.SERVICES_FOUND, product=product, name=name, total=total, seen=len(page.rows))


def judge_nothing(gateway: WhmcsGateway, of_all_products: Sample) -> Iterator[Finding]:
    """Why the product may have no service, judged by a sample of all products."""
    if of_all_products.products:
        products = named(of_all_products.products)
        yield problem(Check.SERVICES, Code.OTHER_PRODUCTS, product=gateway.product_code, products=products)
    else:
        known = Subscription.objects.existing().filter(gateway=gateway, company__isnull=False).count()
        yield (
            problem(Check.SERVICES, Code.SERVICES_HIDDEN, known=known)
            if known
            else warning(Check.SERVICES, Code.NO_SERVICES)
        )
    yield from (not_tried(check, Code.NEEDS_SERVICES) for check in _NEED_SERVICES)


def judge_option(gateway: WhmcsGateway, sample: Sample) -> Finding:
    """Whether the plan option exists under its name and has values."""
    rows, name = sample.page.rows, gateway.plan_option
    if not _is_among(name, sample.options):
        return _missing(Check.PLAN_OPTION, Code.OPTION_MISSING, Code.OPTION_NONE, name, sample.options)
    missing = sum(row.plan_value is None for row in rows)
    if missing == len(rows):
        return problem(Check.PLAN_OPTION, Code.OPTION_EMPTY, name=name)
    if missing:
        return warning(Check.PLAN_OPTION, Code.OPTION_PARTLY_EMPTY, name=name, missing=missing, seen=len(rows))
    return ok(Check.PLAN_OPTION, Code.OPTION_FOUND, name=name)


def judge_field(gateway: WhmcsGateway, sample: Sample) -> Finding:
    """Whether the password field exists under its name and its values can be used. Nobody gets to see the values."""
    rows, name = sample.page.rows, gateway.password_field
    if not _is_among(name, sample.fields):
        return _missing(Check.PASSWORD_FIELD, Code.FIELD_MISSING, Code.FIELD_NONE, name, sample.fields)
    read = (parse_first_password(sample.page.first_password(row.service_id)) for row in rows)
    reasons = Counter(value.reason for value in read if isinstance(value, Unusable))
    unusable = reasons.total()
    if reasons[PasswordReason.ENCRYPTED]:
        return problem(Check.PASSWORD_FIELD, Code.FIELD_ENCRYPTED, name=name)
    if unusable == len(rows):
        return problem(Check.PASSWORD_FIELD, Code.FIELD_EMPTY, name=name)
    if unusable:
        return warning(
            Check.PASSWORD_FIELD, Code.FIELD_PARTLY_UNUSABLE, name=name, unusable=unusable, seen=len(rows)
        )  # fmt: skip
    return ok(Check.PASSWORD_FIELD, Code.FIELD_FOUND, name=name)


def judge_plans(gateway: WhmcsGateway, sample: Sample, plans: Mapping[str, int]) -> Finding:
    """Whether each value of the plan option is the name of a plan here; `plans` maps names to ids."""
    values = sorted({row.plan_value for row in sample.page.rows if row.plan_value})
    if not values:
        return not_tried(Check.PLANS, Code.NO_VALUES)
    if not plans:
        return problem(Check.PLANS, Code.NO_PLANS, values=_quoted(values))
    matches = ((value, match_plan(value, plans)) for value in values)
    misses = {value: match for value, match in matches if isinstance(match, Miss)}
    if not misses:
        return ok(Check.PLANS, Code.PLANS_KNOWN, names=_quoted(values))
    note = explain_miss(next(iter(misses.values())))
    judge = problem if gateway.fallback_plan_id is None else warning
    explanation = sentence(Kind.PLAN_UNKNOWN, note.params)
    return judge(Check.PLANS, Code.PLANS_UNKNOWN, values=_quoted(list(misses)), explanation=explanation)


def named(products: Mapping[int, str]) -> str:
    """The first few products, by number and name."""
    return ", ".join(f"{number} ({name or '–'})" for number, name in list(products.items())[:SHOWN])


def _missing(check: Check, missing: Code, none: Code, name: str, names: Sequence[str]) -> Finding:
    if names:
        return problem(check, missing, name=name, names=_quoted(names))
    return problem(check, none, name=name)


def _is_among(wanted: str, names: Sequence[str]) -> bool:
    is_wanted = name_matcher(wanted)
    return any(is_wanted(name) for name in names)


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"“{show(text)}”" for text in texts[:SHOWN]) + (" …" if len(texts) > SHOWN else "")
