"""All errors of billing, in one class hierarchy.

The class of an error says what should happen next, its `code` exactly what happened, its `params` what the
reader needs to know (the address WHMCS saw, the action that is not allowed), and `str(error)` is one English sentence
with cause and remedy. None of them ever holds a secret or data of a customer.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import ClassVar, Self

from billing.error_codes import ErrorCode as ErrorCode
from billing.wording.error_texts import SENTENCES as SENTENCES
from billing.wording.error_texts import marked as marked

_ = marked


class NextStep(StrEnum):
    """What should happen after an error."""

    RETRY = "retry"  # it may be over by the next run
    CONFIGURE = "configure"  # the operator has to change something, here or in WHMCS
    REPORT = "report"  # WHMCS or we have a fault: somebody has to look at it
    ASK = "ask"  # the operator has to say yes first


class Params(dict[str, str]):
    """Parameters for a sentence. A missing one reads as "unknown" instead of failing the report."""

    def __missing__(self, key: str) -> str:
        return _("unknown")


class BillingError(Exception):
    """The base class. Attributes: `code`, `params` (texts that are safe to show and store), `next_step`."""

    next_step: ClassVar[NextStep] = NextStep.REPORT
    default_code: ClassVar[ErrorCode] = ErrorCode.MALFORMED

    def __init__(self, code: ErrorCode | None = None, /, **params: str) -> None:
        super().__init__(code)
        self.code = code or self.default_code
        self.params = params

    def __str__(self) -> str:
        return SENTENCES[self.code].format_map(Params(self.params))

    def as_details(self) -> dict[str, str]:
        """Code and parameters in one, to be stored and translated later (`billing.wording`)."""
        return {**self.params, "code": self.code.value}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code.value!r}, {self.params!r})"

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[ErrorCode]]:
        return partial(type(self), **self.params), (self.code,)


class GatewayUnavailable(BillingError):
    """WHMCS could not be read now. `retry_after` is how many seconds it asked us to wait, or None."""

    next_step = NextStep.RETRY
    default_code = ErrorCode.CONNECTION
    retry_after: float | None = None


class GatewayDenied(BillingError):
    """WHMCS refuses us, or we refuse to talk to it, until somebody changes a setting. Never worth a retry."""

    next_step = NextStep.CONFIGURE
    default_code = ErrorCode.CREDENTIALS_REFUSED


class SecretUnreadable(GatewayDenied):
    """The stored API secret can't be decrypted."""

    default_code = ErrorCode.SECRET_UNREADABLE


class GatewayProtocolError(BillingError):
    """The answer is not WHMCS's. It never counts as an empty result."""

    default_code = ErrorCode.MALFORMED


class ClientNotFound(GatewayProtocolError):
    """WHMCS says that there is no such client: deleted, or merged into another."""

    default_code = ErrorCode.CLIENT_NOT_FOUND


class BadRecord(GatewayProtocolError):
    """One record holds a value that can't be used; `params` name the field and the problem."""

    default_code = ErrorCode.BAD_RECORD


class SnapshotIncomplete(BillingError):
    """A listing was not read completely, so a missing service proves nothing."""

    next_step = NextStep.RETRY
    default_code = ErrorCode.NOT_FINISHED


class UnsafeChangeSet(BillingError):
    """The changes of a run look like a mistake, so an operator has to approve them."""

    next_step = NextStep.ASK
    default_code = ErrorCode.UNSAFE_CHANGE_SET


class ApprovalOutdated(BillingError):
    """The changes that somebody approved or rejected are no longer those that wait."""

    next_step = NextStep.ASK
    default_code = ErrorCode.APPROVAL_OUTDATED


class PreviewUnusable(BillingError):
    """A stored preview can't be applied, or was never finished."""

    next_step = NextStep.ASK
    default_code = ErrorCode.PREVIEW_NOT_READY


class RunInProgress(BillingError):
    """Another run holds the lease of the gateway."""

    next_step = NextStep.RETRY
    default_code = ErrorCode.RUN_IN_PROGRESS


class LeaseLost(BillingError):
    """Another run has taken over this run's lease."""

    next_step = NextStep.RETRY
    default_code = ErrorCode.LEASE_LOST


class DatabaseFailed(BillingError):
    """Our own database failed. Only the type of its error is kept, because its message may quote values."""

    next_step = NextStep.RETRY
    default_code = ErrorCode.DATABASE


class GatewayPaused(BillingError):
    """The gateway is paused until an operator resumes it."""

    next_step = NextStep.ASK
    default_code = ErrorCode.PAUSED
