"""The connection doctor: tries a gateway step by step and says for each step what came out, why, and what to do."""

from billing.doctor.codes import Check, Code
from billing.doctor.examine import SECONDS, examine
from billing.doctor.findings import Finding, Result

__all__ = ["SECONDS", "Check", "Code", "Finding", "Result", "examine"]
