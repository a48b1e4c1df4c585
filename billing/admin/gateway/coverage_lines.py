"""The lines of the coverage matrix for the page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from billing.admin.gateway.coverage_forms import CreateForm, RenameForm
from billing.coverage.load import load_plans
from billing.coverage.matrix import Line, Matrix
from billing.models import WhmcsGateway
from billing.reconcile import explain_miss
from billing.wording.attention import sentence
from companies.models import User
from plans.comparison import Column, compare
from plans.differences import show
from plans.matching import Miss, match_plan

# The most lines with forms. Each costs a comparison with every plan.
MOST_EXPLAINED = 30
MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class Question:
    """A value without a plan: what is wrong, both spellings, and the forms that fix it."""

    line: Line
    shown: str
    explanation: str
    names: list[str]
    columns: list[Column]
    create: CreateForm | None
    rename: RenameForm | None
    add_url: str


def show_matrix(matrix: Matrix, gateway: WhmcsGateway, user: User | AnonymousUser) -> dict[str, Any]:
    """The context of the page: values without a plan, all lines, and unused plans."""
    ids = load_plans()
    names = {pk: show(name) for name, pk in ids.items()}
    may_add, may_rename = user.has_perm("plans.add_plan"), user.has_perm("plans.change_plan")
    open_lines = matrix.open_lines
    explained = ((line, match_plan(line.value, ids)) for line in open_lines[:MOST_EXPLAINED])
    return {
        "matrix": matrix,
        # A plan that was added meanwhile has answered the question.
        "questions": [_ask(line, miss, ids, may_add, may_rename) for line, miss in explained if isinstance(miss, Miss)],
        "more_questions": max(0, len(open_lines) - MOST_EXPLAINED),
        "lines": [(line, show(line.value), names.get(line.plan_id or 0)) for line in matrix.lines[:MOST_LISTED]],
        "more_lines": max(0, len(matrix.lines) - MOST_LISTED),
        "unnamed": sorted((names[pk], pk) for pk in matrix.unnamed),
        "fallback": names.get(gateway.fallback_plan_id or 0),
        "may_change_plans": may_rename,
    }


def _ask(line: Line, miss: Miss, ids: dict[str, int], may_add: bool, may_rename: bool) -> Question:
    nearest = ids.get(miss.nearest or "")
    note = explain_miss(miss)
    mendable = bool(line.names)
    return Question(
        line=line,
        shown=miss.value_shown,
        explanation=sentence(note.kind, note.params),
        names=[show(name) for name in line.names],
        columns=compare(miss.spelling, miss.nearest) if miss.nearest is not None and not miss.ambiguous else [],
        create=CreateForm(line=line, plans=ids, nearest=nearest) if may_add and mendable and ids else None,
        rename=RenameForm(line=line, plans=ids, nearest=nearest) if may_rename and mendable and ids else None,
        add_url=_add_url(line.names[0]) if may_add and mendable else "",
    )


def _add_url(name: str) -> str:
    return f"{reverse('admin:plans_plan_add')}?{urlencode({'name': name})}"
