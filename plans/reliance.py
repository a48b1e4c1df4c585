"""Who relies on the name of a plan. Other apps register functions that know it."""

from collections.abc import Callable, Sequence

from plans.models import Plan

# Takes a plan and its new name (None: deleted); returns sentences about who would no longer find it.
Reliance = Callable[[Plan, str | None], Sequence[str]]
_reliances: list[Reliance] = []


def register_reliance(reliance: Reliance) -> None:
    """Register a function to ask before a plan is renamed or deleted."""
    if reliance not in _reliances:
        _reliances.append(reliance)


def load_relying(plan: Plan, new_name: str | None = None) -> list[str]:
    """Sentences about what would no longer find the plan, in the reader's language."""
    return [sentence for reliance in _reliances for sentence in reliance(plan, new_name)]
