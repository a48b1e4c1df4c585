"""What can go wrong, kept apart from the honest wire. A `FaultPlan` says which fault happens to which request."""

from sandbox.faults.plan import FaultPlan, Rule

__all__ = ["FaultPlan", "Rule"]
