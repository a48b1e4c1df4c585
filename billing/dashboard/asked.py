"""A short sentence for each kind of held changes that wait for approval."""

from collections import Counter, defaultdict

from django.utils.translation import ngettext

from billing.models import HeldChanges

Kind = HeldChanges.Kind
# The figure that says how many companies or services it is about.
_FIGURES = {Kind.LOSSES: "losing", Kind.FIRST_IMPORT: "new", Kind.ABSENT: "missing", Kind.OTHER_WHMCS: "different"}


def load_asked() -> dict[str, Counter[str]]:
    """For each kind of waiting changes: how many companies or services they are about, in all gateways."""
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    rows = HeldChanges.objects.waiting().order_by("kind").values_list("kind", "figures")
    for kind, figures in rows:
        numbers = {"count": figures.get(_FIGURES[Kind(kind)], 0), "people": figures.get("people", 0)}
        asked[kind].update({name: int(number) for name, number in numbers.items()})
    return dict(asked)


def sentence_about(kind: str, numbers: Counter[str]) -> str:
    """The sentence in the active language; "" if the number is unknown."""
    number = numbers["count"]
    if not number:
        return ""
    match Kind(kind):
        case Kind.LOSSES if numbers["people"]:
            text = ngettext(
                "%(count)s company would lose access (people: %(people)s).",
                "%(count)s companies would lose access (people: %(people)s).",
                number,
            )
        case Kind.LOSSES:
            text = ngettext("%(count)s company would lose access.", "%(count)s companies would lose access.", number)
        case Kind.FIRST_IMPORT:
            text = ngettext("%(count)s company would be created.", "%(count)s companies would be created.", number)
        case Kind.ABSENT:
            text = ngettext("%(count)s service is missing.", "%(count)s services are missing.", number)
        case Kind.OTHER_WHMCS:
            text = ngettext(
                "%(count)s service belongs to another client than before.",
                "%(count)s services belong to other clients than before.",
                number,
            )
    return text % numbers
