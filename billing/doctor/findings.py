"""The doctor's findings: one for each check, in the order of their dependence."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from billing.doctor.codes import Check, Code
from billing.doctor.texts import TEXTS, TITLES
from billing.errors import BillingError
from billing.wording.errors import cause_and_remedy


class Result(StrEnum):
    """The result of one check."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `code` is stable; `cause` and `remedy` are for people, in the active language."""

    check: Check
    result: Result
    code: str
    cause: str
    remedy: str = ""

    @property
    def tried(self) -> str:
        """The title of the check."""
        return str(TITLES[self.check])

    @property
    def text(self) -> str:
        """Cause and remedy in one line."""
        return f"{self.cause} {self.remedy}".rstrip()

    @property
    def stops(self) -> bool:
        """Whether the checks that depend on it are not worth trying."""
        return self.result is Result.PROBLEM

    def joined(self, others: Iterable["Finding"]) -> "Finding":
        """The same finding, with the texts of others after its own."""
        findings = (self, *others)
        cause = " ".join(finding.cause for finding in findings)
        remedy = " ".join(dict.fromkeys(finding.remedy for finding in findings if finding.remedy))
        return replace(self, cause=cause, remedy=remedy)

    def as_json(self) -> dict[str, str]:
        """The finding as `check_gateway --json` prints it."""
        return {
            "check": self.check.value, "tried": self.tried, "result": self.result.value, "code": self.code,
            "cause": self.cause, "remedy": self.remedy,
        }  # fmt: skip


def ok(check: Check, code: Code, **params: object) -> Finding:
    """It is as it should be."""
    return _finding(check, Result.OK, code, params)


def warning(check: Check, code: Code, **params: object) -> Finding:
    """It works, and should be otherwise."""
    return _finding(check, Result.WARNING, code, params)


def problem(check: Check, code: Code, **params: object) -> Finding:
    """It does not work."""
    return _finding(check, Result.PROBLEM, code, params)


def not_tried(check: Check, code: Code, **params: object) -> Finding:
    """It could not be tried, for a reason of its own."""
    return _finding(check, Result.NOT_TRIED, code, params)


def failed(check: Check, error: BillingError) -> Finding:
    """It failed with an error of the adapter, which names the cause and the remedy."""
    return Finding(check, Result.PROBLEM, error.code.value, *cause_and_remedy(error.code, error.params))


def completed(findings: Iterable[Finding]) -> list[Finding]:
    """All checks in order. The untried ones say which problem has to be fixed first."""
    found = {finding.check: finding for finding in findings}
    first = next((finding for finding in found.values() if finding.result is Result.PROBLEM), None)
    comes_first = first.tried if first else "–"
    return [found.get(check) or not_tried(check, Code.NOT_TRIED, first=comes_first) for check in Check]


def _finding(check: Check, result: Result, code: Code, params: dict[str, object]) -> Finding:
    cause, remedy = (str(text).format_map(params) for text in TEXTS[code])
    return Finding(check, result, code.value, cause, remedy)
