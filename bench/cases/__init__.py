"""What is measured, each in a process of its own. Every case gets the server's address and gives back plain numbers."""

from collections.abc import Callable

from bench.cases.newcomers import first_import, import_by_workers, watched_import
from bench.cases.people import lists, owners
from bench.cases.reading import changed, fill_database, memory, naive_loop, pages, slow_host, unchanged
from bench.cases.runs import Figures
from bench.doors.turns import knock_by_turns

CASES: dict[str, Callable[..., Figures]] = {
    "doors": lambda server, *, rounds: knock_by_turns(rounds),
    "fill": fill_database,
    "memory": memory,
    "unchanged": unchanged,
    "changed": changed,
    "slow_host": slow_host,
    "pages": pages,
    "naive": naive_loop,
    "first_import": first_import,
    "watched_import": watched_import,
    "import_by_workers": import_by_workers,
    "lists": lists,
    "owners": owners,
}
