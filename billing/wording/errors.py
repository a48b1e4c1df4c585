"""The sentences of `billing.errors` and of the adapter, which know no Django, in the reader's language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from billing.errors import SENTENCES, BillingError, ErrorCode, Params

# What these hold may be words of ours, marked where they are written; the others hold what WHMCS or a server said.
_WORDS = frozenset({"reason", "kind", "problem", "target", "retry_after"})
_CODES = frozenset(code.value for code in ErrorCode)


class _Params(Params):
    def __missing__(self, key: str) -> str:
        return gettext(super().__missing__(key))


def translated(code: ErrorCode, params: Mapping[str, str]) -> str:
    """What `str()` of the error with this code and these parameters says, in the active language."""
    return gettext(SENTENCES[code]).format_map(_filled(params))


def translated_error(error: BillingError) -> str:
    """What `str(error)` says, in the active language."""
    return translated(error.code, error.params)


def cause_and_remedy(code: ErrorCode, params: Mapping[str, str]) -> tuple[str, str]:
    """The same in two: the first sentence, and the rest. It is split before words of others are put in."""
    cause, stop, remedy = gettext(SENTENCES[code]).partition(". ")
    filled = _filled(params)
    return (cause + stop.rstrip()).format_map(filled), remedy.format_map(filled)


def translated_parts(sentences: Iterable[str]) -> str:
    """Marked sentences, one after the other, in the active language."""
    return " ".join(gettext(sentence) for sentence in sentences)


def translated_run_error(code: str, error: str, params: Mapping[str, str]) -> str:
    """What went wrong in a run, from the three columns that keep it, in the active language."""
    if code in _CODES:
        return translated(ErrorCode(code), params)
    return gettext(error) if error else ""


def _filled(params: Mapping[str, str]) -> _Params:
    return _Params({name: gettext(text) if text and name in _WORDS else text for name, text in params.items()})
