"""How runs are printed: one line for people, one JSON object for programs."""

from collections.abc import Mapping
from typing import Any

from billing.errors import ErrorCode
from billing.models import SyncRun, WhmcsGateway
from billing.previews import Preview
from billing.previews.result import result_of
from billing.steps.applied.lines import Line
from billing.wording.attention import asked

COUNTS = ("seen", "created", "changed", "unchanged", "held", "failed", "attention", "api_calls")
# From worst to best. The outcome of several runs is the worst one.
WORST_FIRST = ("failed", "partial", "held", "complete", "preview")


def as_dict(run: SyncRun) -> dict[str, Any]:
    """A finished run with its figures, and the services that it held or that failed."""
    result = figures_of(run)
    result["problems"] = [
        {"service_id": record.service_id, "result": record.result, "code": record.code, "reason": record.reason}
        for record in run.records.filter(result__in=("held", "failed"))[:1000]
    ]
    return result


def figures_of(run: SyncRun) -> dict[str, Any]:
    """A run's counts, its seconds per phase and what went wrong."""
    result: dict[str, Any] = {"gateway": run.gateway.name, "outcome": str(run.outcome)}
    result |= {name: getattr(run, name) for name in COUNTS}
    result["seconds"] = run.seconds
    if run.error:
        result["error"] = {"code": run.error_code, "text": run.error}
    return result


def preview_as_dict(preview: Preview) -> dict[str, Any]:
    """A preview in the format of a run, with what it would do."""
    result = previewed(preview.gateway, preview.as_figures())
    if preview.error is not None:
        result["error"] = {"code": preview.error.code.value, "text": str(preview.error)}
    return result | {"changes": [_line_as_dict(line) for line in preview.lines]}


def previewed(gateway: WhmcsGateway, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a preview in the format of a run, with the questions at which the run would stop."""
    questions = [one | {"text": asked(ErrorCode(one["code"]), one["params"])} for one in figures["questions"]]
    return {
        "gateway": gateway.name,
        "outcome": "preview" if figures["complete"] else "partial",
        **{name: figures[name] for name in COUNTS},
        "seconds": {},
        "would_hold_losses": bool(questions),
        "questions": questions,
    }


def _line_as_dict(line: Line) -> dict[str, Any]:
    known = {name: value for name, value in line._asdict().items() if value and name not in {"facts", "stood"}}
    return {"result": result_of(line.kind), "service_id": line.service_id, **known}


def failed(gateway: WhmcsGateway, code: str, text: str) -> dict[str, Any]:
    """The result for a run that failed to finish."""
    result: dict[str, Any] = {"gateway": gateway.name, "outcome": "failed", **dict.fromkeys(COUNTS, 0), "seconds": {}}
    result["error"] = {"code": code, "text": text}
    return result


def total_of(results: list[dict[str, Any]]) -> dict[str, Any]:
    """A single result as it is; several are added up, with each under `gateways`."""
    if len(results) == 1:
        return results[0]
    total: dict[str, Any] = {name: sum(result[name] for result in results) for name in COUNTS}
    total["outcome"] = min((result["outcome"] for result in results), key=WORST_FIRST.index)
    phases = {phase for result in results for phase in result["seconds"]}
    total["seconds"] = {
        phase: round(sum(result["seconds"].get(phase, 0) for result in results), 3) for phase in sorted(phases)
    }
    return {**total, "gateways": results}


def line_of(result: dict[str, Any]) -> str:
    """The output for a person, with a line for each thing that needs attention."""
    counts = ", ".join(f"{result[name]} {name}" for name in COUNTS[:-1])
    lines = [f"{result['gateway']}: {result['outcome']} - {counts} ({result['api_calls']} calls)"]
    for held in result.get("decided", []):
        lines.append(f"  {held['verdict']}: {_in_words(held)}")
    if "error" in result:
        lines.append(f"  {result['error']['text']}")
    for question in result.get("questions", []):
        lines.append(f"  would ask first: {question['text']}")
    for change in result.get("changes", []):
        lines.append(f"  would be {change['result']}: service {change['service_id']} ({change['what']})")
    if "preview" in result:
        lines.append(
            f"  preview {result['preview']}: what became of it is in the administration, and in --json"
            if "applied" in result
            else f"  kept for a day: --apply {result['preview']} does exactly this"
        )
    for problem in result.get("problems", []):
        reason = f": {problem['reason']}" if problem["reason"] else ""
        lines.append(f"  {problem['result']}: service {problem['service_id']} ({problem['code']}){reason}")
    for held in result.get("waiting", []):
        lines.append(f"  waits for --approve or --reject since {held['since']:%Y-%m-%d %H:%M} UTC: {_in_words(held)}")
    return "\n".join(lines)


def _in_words(held: dict[str, Any]) -> str:
    figures = held["figures"]
    if held["kind"] == "losses":
        becoming = ", ".join(f"{number} {word}" for word, number in figures["becoming"].items())
        longest = ", ".join(f"{company['name']} since {company['since']}" for company in figures["longest"])
        before = f", after {figures['lost']} lost it one by one" if "lost" in figures else ""
        return (
            f"{figures['losing']} of {figures['open']} companies would lose access{before} ({becoming}), "
            f"{figures['people']} people, {figures['active']} of them active within the last hour; "
            f"longest here: {longest}"
        )
    if held["kind"] == "first_import":
        plans = ", ".join(f"{number} on {plan}" for plan, number in figures["plans"].items())
        return f"the first import would create {figures['new']} companies ({plans}) from {figures['seen']} services"
    if held["kind"] == "absent":
        return f"{figures['missing']} of {figures['known']} known services are missing from the list"
    return f"{figures['different']} of {figures['compared']} known clients are other people now"
