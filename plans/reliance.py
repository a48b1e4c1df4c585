"""Who relies on the name of a plan. The layers above know, and say so here."""

from collections.abc import Callable, Sequence

from plans.models import Plan

# Sentences, each about some who would not find the plan any more if it were called so (None: if it were gone).
Reliance = Callable[[Plan, str | None], Sequence[str]]
_reliances: list[Reliance] = []


def register_reliance(reliance: Reliance) -> None:
    """Have `reliance` asked before a plan loses its name."""
    if reliance not in _reliances:
        _reliances.append(reliance)


def load_relying(plan: Plan, new_name: str | None = None) -> list[str]:
    """What would not find the plan under its new name, or without it, in the reader's language."""
    return [sentence for reliance in _reliances for sentence in reliance(plan, new_name)]
