"""What a guard is to these proofs: one thing in the code that can be switched off, and what goes wrong without it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tests.proofs.guards.stage import Stage

Play = Callable[[Stage], list[str]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A promise, the one thing that keeps it, and a play in which it matters.

    `where` is the thing's name, "module:attribute"; `off` gets it and returns what stands there instead. `play` returns
    what is wrong at its end, a sentence each: nothing with the guard, and without it a sentence with `without`.
    `needs_commits` is for plays with several connections to the database, `only_on` for what one database alone needs.
    """

    promise: str
    where: str
    off: Callable[[Any], Any]
    play: Play
    without: str
    needs_commits: bool = False
    only_on: str = ""

    def find(self) -> tuple[Any, str]:
        """What holds the thing, and its name there. Raises AttributeError where it is gone."""
        module, _, path = self.where.partition(":")
        holder: Any = import_module(module)
        *parents, name = path.split(".")
        for parent in parents:
            holder = getattr(holder, parent)
        if name not in getattr(holder, "__dict__", {}) and not hasattr(holder, name):
            raise AttributeError(self.where)
        return holder, name

    def replacement(self) -> Any:
        """What stands there while the guard is off."""
        holder, name = self.find()
        return self.off(vars(holder)[name] if name in getattr(holder, "__dict__", {}) else getattr(holder, name))


def says(answer: object) -> Callable[[Any], Any]:
    """Off: the same function with one answer to everything."""
    return lambda _: lambda *args, **kwargs: answer


def becomes(value: object) -> Callable[[Any], Any]:
    """Off: another value."""
    return lambda _: value
