"""The alert rules and the dashboard ask for figures that there are, in a language that Prometheus reads."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser as promql
import pytest
import yaml
from django.utils import timezone

from billing.models import HeldChanges, SyncRun
from billing.runbook.page import url_of
from companies.access import Reason, State
from companies.models import Installation
from tests.billing.factories import make_gateway
from ticketz.monitoring import metrics

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "ops/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "ops/grafana/ticketz.json").read_text())
# Prometheus makes it itself.
BUILT_IN = {"up": {"job", "instance"}}
FREE_TEXT = {"gateway"}


class Selector(NamedTuple):
    """What an expression asks for."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"].replace("$gateway", ".*") for target in panel["targets"])


def selectors(node: Any) -> Iterator[Selector]:
    """Every selector of a parsed expression; the parser's nodes name their children differently."""
    if isinstance(node, promql.VectorSelector):
        found = [(str(matcher.op), matcher.name, matcher.value) for matcher in node.matchers.matchers]
        yield Selector(node.name or "", tuple(found))
    for name in ("expr", "lhs", "rhs", "args", "vector_selector", "param"):
        child = getattr(node, name, None)
        for one in child if isinstance(child, list) else [child]:
            if one is not None:
                yield from selectors(one)


def all_selectors() -> set[Selector]:
    return {selector for expression in expressions() for selector in selectors(promql.parse(expression))}


@pytest.fixture
def figures(transactional_db: None) -> dict[str, list[dict[str, str]]]:
    """All figures of an installation that has something of everything: the labels under each name."""
    now = timezone.now()
    gateway = make_gateway(api_identifier="id", clock_difference=3, confirmed_at=now - timedelta(minutes=1))
    SyncRun.objects.create(
        gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, outcome=SyncRun.Outcome.COMPLETE, finished_at=now,
        seconds={"fetch": 1},
    )  # fmt: skip
    Installation.objects.create(pk=1, backed_up_at=now)
    HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.LOSSES)
    for part in metrics.PARTS:
        part.answer.forget()
    found: dict[str, list[dict[str, str]]] = {}
    for family in metrics.REGISTRY.collect():
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
        found.setdefault(family.name, [])
    for part in metrics.PARTS:
        part.answer.forget()
    return found


def test_every_figure_that_is_asked_for_exists(figures: dict[str, list[dict[str, str]]]) -> None:
    asked = {selector.metric for selector in all_selectors()} - set(BUILT_IN)
    asked |= set(re.findall(r"label_values\((\w+),", json.dumps(DASHBOARD["templating"])))
    assert len(asked) > 20
    assert asked - set(figures) == set()


def test_every_label_that_is_asked_for_exists_and_has_such_a_value(figures: dict[str, list[dict[str, str]]]) -> None:
    for metric, matchers in all_selectors():
        for operator, label, value in matchers:
            if metric in BUILT_IN:
                assert label in BUILT_IN[metric]
                continue
            if metric == "ticketz_companies":  # here there are none; their values are the words of `access`
                continue
            values = {labels[label] for labels in figures[metric]}
            if operator == "MatchOp.Equal":
                assert value in values, (metric, label)
            elif operator == "MatchOp.Re":
                assert label in FREE_TEXT or set(value.split("|")) <= values, (metric, label)


def test_access_and_its_reasons_are_called_as_companies_call_them() -> None:
    words = {"state": {state.value for state in State}, "reason": {reason.value for reason in Reason}}
    asked = [matchers for metric, matchers in all_selectors() if metric == "ticketz_companies"]
    assert asked
    assert all(set(value.split("|")) <= words[label] for matchers in asked for _, label, value in matchers)


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_what_it_is_about_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Ticketz[A-Z][A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook", "runbook_url"}
    assert not notes["summary"].endswith(".")
    assert notes["description"].endswith((".", "}}"))
    section = rule["alert"].lower()
    assert notes["runbook"] == f"docs/runbook/en/README.md#{section}"
    assert notes["runbook_url"] == "{{ $externalLabels.ticketz_url }}" + str(url_of(section))
    used = set(re.findall(r"\$labels\.(\w+)", str(notes)))
    kept = set(re.findall(r"by \(([^)]*)\)", rule["expr"]))
    assert used <= {label.strip() for group in kept for label in group.split(",")} | BUILT_IN["up"]


def test_the_panels_of_the_dashboard_have_names_of_their_own() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["title"] + str(panel["type"]) for panel in panels}) == len(panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
