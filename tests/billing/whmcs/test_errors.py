import pickle

import pytest

from billing import errors
from billing.errors import BillingError, ErrorCode, GatewayDenied, GatewayUnavailable, NextStep


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_has_a_sentence_even_when_nothing_more_is_known(code: ErrorCode) -> None:
    text = str(BillingError(code))
    assert text[0].isupper() or text[0] == "u"
    assert text.endswith(".") or "unknown" in text
    assert "{" not in text


def test_the_text_names_cause_and_remedy() -> None:
    text = str(GatewayDenied(ErrorCode.IP_NOT_ALLOWED, address="203.0.113.9"))
    assert "does not accept calls from 203.0.113.9" in text
    assert "API IP Access Restriction" in text


def test_what_comes_from_outside_is_no_template() -> None:
    assert "{0.__class__}" in str(BillingError(ErrorCode.WHMCS_ERROR, action="x", message="{0.__class__}"))


def test_an_error_survives_pickling_with_its_code_and_params() -> None:
    error = pickle.loads(pickle.dumps(GatewayUnavailable(ErrorCode.TIMEOUT, seconds="30")))  # noqa: S301 - our own
    assert (type(error), error.code, error.params) == (GatewayUnavailable, ErrorCode.TIMEOUT, {"seconds": "30"})


def test_the_class_says_what_should_happen_next() -> None:
    assert GatewayUnavailable().next_step is NextStep.RETRY
    assert GatewayDenied().next_step is NextStep.CONFIGURE
    assert errors.GatewayProtocolError().next_step is NextStep.REPORT
    assert errors.UnsafeChangeSet().next_step is NextStep.ASK


@pytest.mark.parametrize("kind", [errors.RunInProgress, errors.LeaseLost, errors.SecretUnreadable])
def test_errors_of_our_own_need_no_more_than_their_class(kind: type[BillingError]) -> None:
    with pytest.raises(BillingError, match=r"\w"):
        raise kind
