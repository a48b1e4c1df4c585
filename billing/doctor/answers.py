"""Checks on WHMCS's first answers: is it WHMCS, does it accept us, and what does the API role allow?"""

from collections.abc import Iterator
from datetime import timedelta

from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, failed, not_tried, ok, problem, warning
from billing.errors import BadRecord, BillingError, ClientNotFound, ErrorCode
from billing.steps.safeguards.clock import WORTH_TELLING
from billing.whmcs import PROBES, Examiner
from billing.wording.moments import in_hours

# WHMCS checks the address first, then the credentials, then the role. Any other failure counts as "not WHMCS".
_GATES = (Check.WHMCS, Check.ALLOW_LIST, Check.CREDENTIALS, Check.PRODUCTS, Check.SERVICES)
_GATE_OF = {
    ErrorCode.IP_NOT_ALLOWED: Check.ALLOW_LIST,
    ErrorCode.CREDENTIALS_REFUSED: Check.CREDENTIALS,
    ErrorCode.ACTION_NOT_ALLOWED: Check.PRODUCTS,
    ErrorCode.UNKNOWN_ACTION: Check.PRODUCTS,
    ErrorCode.UNENCODABLE_ROW: Check.SERVICES,
    ErrorCode.UNKNOWN_SHAPE: Check.SERVICES,
    ErrorCode.MISSING_CONTAINER: Check.SERVICES,
    ErrorCode.COUNT_MISMATCH: Check.SERVICES,
}
_GOOD = {
    Check.WHMCS: Code.IS_WHMCS,
    Check.ALLOW_LIST: Code.ADDRESS_ALLOWED,
    Check.CREDENTIALS: Code.CREDENTIALS_ACCEPTED,
    Check.PRODUCTS: Code.ACTION_ALLOWED,
}
_PRODUCTS, _DETAILS = "GetClientsProducts", "GetClientsDetails"
SERIOUS = timedelta(hours=1)


def judge_first_answer(error: BillingError | None, *, is_noisy: bool = False) -> Iterator[Finding]:
    """A finding for each gate that the first call passed, and for the one where it failed."""
    ended_at = Check.SERVICES if error is None else _GATE_OF.get(error.code, Check.WHMCS)
    for gate in _GATES[: _GATES.index(ended_at)]:
        yield ok(gate, _GOOD[gate], action=_PRODUCTS)
    if is_noisy:
        yield warning(Check.WHMCS, Code.PHP_WARNINGS)
    if error is not None:
        yield failed(ended_at, error)


def lets_us_in(error: BillingError | None) -> bool:
    """Whether WHMCS accepts our credentials, so that more calls make sense."""
    return error is None or _GATE_OF.get(error.code) in {Check.PRODUCTS, Check.SERVICES}


def judge_clock(seconds: float | None) -> Finding:
    """Whether both clocks agree on the day; `seconds` is how far WHMCS's clock is ahead of ours."""
    if seconds is None:
        return not_tried(Check.CLOCK, Code.CLOCK_UNKNOWN)
    distance = timedelta(seconds=abs(seconds))
    if distance <= WORTH_TELLING:
        return ok(Check.CLOCK, Code.CLOCKS_AGREE)
    judge = problem if distance >= SERIOUS else warning
    code = Code.CLOCK_AHEAD if seconds > 0 else Code.CLOCK_BEHIND
    return judge(Check.CLOCK, code, difference=in_hours(seconds))


def try_details(examiner: Examiner, client_id: int) -> Finding:
    """Whether client details may be read. An odd or unknown client proves it as well."""
    try:
        examiner.fetch_client(client_id)
    except (BadRecord, ClientNotFound):
        pass
    except BillingError as error:
        return failed(Check.DETAILS, error)
    return ok(Check.DETAILS, Code.ACTION_ALLOWED, action=_DETAILS)


def try_role(examiner: Examiner) -> Finding:
    """Whether the role allows actions that Ticketz never needs."""
    try:
        allowed = [action for action in PROBES if examiner.allows(action)]
    except BillingError as error:
        return not_tried(Check.ROLE, Code.PROBE_FAILED, reason=failed(Check.ROLE, error).cause)
    if allowed:
        return warning(Check.ROLE, Code.ROLE_TOO_WIDE, actions=", ".join(allowed))
    return ok(Check.ROLE, Code.ROLE_EXACT, actions=", ".join(PROBES))
