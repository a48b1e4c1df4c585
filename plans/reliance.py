"""Who relies on the name of a plan. The layers above know, and say so here."""

from collections.abc import Callable, Sequence

from plans.models import Plan

# Sentences, each about some who would not find the plan any more if it were called so (None: if it were gone).
Relied = Callable[[Plan, str | None], Sequence[str]]
_asked: list[Relied] = []


def ask_also(relied: Relied) -> None:
    """Have `relied` asked before a plan loses its name."""
    if relied not in _asked:
        _asked.append(relied)


def load_relying(plan: Plan, new_name: str | None = None) -> list[str]:
    """What would not find the plan under its new name, or without it, in the reader's language."""
    return [sentence for relied in _asked for sentence in relied(plan, new_name)]
