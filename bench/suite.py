"""The whole comparison on one kind of database: which cases are run, and which figures are set against each other."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from bench.case import run_case
from bench.goals import Goal

MakeDatabase = Callable[[], AbstractContextManager[str]]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much work. `rounds` is what medians are taken of, and for what takes minutes no more than `few_rounds`."""

    small: int = 20_000
    large: int = 100_000
    naive: int = 2_000
    customers: int = 2_000
    rounds: int = 5
    few_rounds: int = 3
    wait_ms: int = 50
    slow_ms: int = 150


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of all cases on one database."""

    small: Figures
    large: Figures
    changed: Figures
    pages: Figures
    slow_host: Figures
    naive: Figures
    first_import: Figures
    slow_import: Figures


def measure(make_database: MakeDatabase, server: str, sizes: Sizes) -> Measured:
    """Run all cases; takes minutes and says on stderr how far it is."""
    with _filled(make_database, server, sizes.small) as url:
        small = _measure_unchanged(url, server, sizes.small, sizes.rounds)
        slow_host = _run("slow_host", url, server, services=sizes.small, page_ms=sizes.slow_ms)
    with _filled(make_database, server, sizes.large) as url:
        large = _measure_unchanged(url, server, sizes.large, sizes.rounds)
        changed = _run("changed", url, server, services=sizes.large, rounds=sizes.few_rounds)
        pages = _run("pages", url, server, services=sizes.large)
    with _filled(make_database, server, sizes.naive) as url:
        naive = _run("naive", url, server, services=sizes.naive)
    imported = _import(make_database, server, sizes, wait_ms=sizes.wait_ms, page_ms=0)
    slow_import = _import(make_database, server, sizes, wait_ms=sizes.slow_ms, page_ms=sizes.slow_ms)
    return Measured(small, large, changed, pages, slow_host, naive, imported, slow_import)


def compare(measured: Measured, sizes: Sizes, *, is_sqlite: bool) -> list[Goal]:
    """Set the figures against each other; the goals are those that the project set itself."""
    small, large, changed, naive = measured.small, measured.large, measured.changed, measured.naive
    all_changed = 4 if is_sqlite else 3

    def script(kind: str) -> float:
        return naive[f"naive_{kind}"] / sizes.naive * sizes.small / small[f"run_{kind}"]

    return [
        Goal(f"{sizes.small:,} unchanged, CPU: run / fetching and decoding only", _ratio(small, "run", "floor"), 1),
        Goal(f"{sizes.large:,} unchanged, CPU: run / fetching and decoding only", _ratio(large, "run", "floor"), 1),
        Goal("unchanged, CPU: usual script / run", script("cpu"), 300, at_most=False),
        Goal("unchanged, wall: usual script / run", script("wall"), 300, at_most=False),
        Goal(f"1 % of {sizes.large:,} changed / unchanged, CPU", _ratio(changed, "few", "none"), 1.15),
        Goal(f"all {sizes.large:,} changed / unchanged, CPU", _ratio(changed, "all", "none"), all_changed),
        Goal(f"all {sizes.large:,} changed / unchanged, wall", _ratio(changed, "all", "none", "wall"), all_changed),
        Goal(f"a page while all {sizes.large:,} change, 95 of 100", measured.pages["page_p95"], 200, "ms"),
        Goal(f"a page while all {sizes.large:,} change, the slowest", measured.pages["page_max"], 200, "ms"),
        Goal(f"signing in while all {sizes.large:,} change, the slowest", measured.pages["write_max"], 200, "ms"),
        Goal(
            f"{sizes.small:,} on a slow host, wall: run / one page after the other",
            _ratio(measured.slow_host, "run", "floor", "wall"), 0.6,
        ),
        Goal(
            f"all {sizes.small:,} changed / unchanged on a slow host, wall",
            _ratio(measured.slow_host, "all", "run", "wall"), all_changed,
        ),
        Goal(f"memory above idle, {sizes.small:,}", small["growth_mib"], 30, "MiB"),
        Goal(f"memory above idle, {sizes.large:,}", large["growth_mib"], 30, "MiB"),
        Goal("memory, the larger less the smaller", large["growth_mib"] - small["growth_mib"], 2, "MiB"),
        Goal("queries for each unchanged page", large["queries"], 3, ""),
        *(
            Goal(
                f"first import of {sizes.customers:,}, details {wait} ms, {kind}: hashing alone / import",
                100 * _ratio(figures, "hashing", "import", kind), 85, "%", at_most=False,
            )
            for wait, figures in ((sizes.wait_ms, measured.first_import), (sizes.slow_ms, measured.slow_import))
            for kind in ("wall", "cpu")
        ),
    ]  # fmt: skip


@contextmanager
def _filled(make_database: MakeDatabase, server: str, services: int) -> Iterator[str]:
    with make_database() as url:
        run_case("fill", url, server, services=services)
        yield url


def _import(make_database: MakeDatabase, server: str, sizes: Sizes, *, wait_ms: int, page_ms: int) -> Figures:
    with make_database() as url:
        return _run(
            "first_import", url, server, customers=sizes.customers, rounds=min(2, sizes.few_rounds), wait_ms=wait_ms,
            page_ms=page_ms,
        )  # fmt: skip


def _measure_unchanged(url: str, server: str, services: int, rounds: int) -> Figures:
    figures = _run("memory", url, server, services=services)
    return figures | _run("unchanged", url, server, services=services, rounds=rounds)


def _run(name: str, url: str, server: str, **options: int) -> Figures:
    print(f"  {name} {options}", file=sys.stderr, flush=True)
    return run_case(name, url, server, **options)


def _ratio(figures: Figures, over: str, under: str, kind: str = "cpu") -> float:
    return figures[f"{over}_{kind}"] / figures[f"{under}_{kind}"]
