"""Translates the errors of `billing.errors` and of the adapter, which import no Django."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from billing.errors import SENTENCES, BillingError, ErrorCode, Params

# These parameters may hold our own marked texts, which are translated. The others hold texts of WHMCS or a server.
_WORDS = frozenset({"reason", "kind", "problem", "target", "retry_after"})
_CODES = frozenset(code.value for code in ErrorCode)


class _Params(Params):
    def __missing__(self, key: str) -> str:
        return gettext(super().__missing__(key))


def translated(code: ErrorCode, params: Mapping[str, str]) -> str:
    """The sentence for this code and these parameters, in the active language."""
    return gettext(SENTENCES[code]).format_map(_filled(params))


def translated_error(error: BillingError) -> str:
    """The sentence of the error, in the active language."""
    return translated(error.code, error.params)


def cause_and_remedy(code: ErrorCode, params: Mapping[str, str]) -> tuple[str, str]:
    """The first sentence, and the rest. It is split before the parameters are filled in, which may hold full stops."""
    cause, stop, remedy = gettext(SENTENCES[code]).partition(". ")
    filled = _filled(params)
    return (cause + stop.rstrip()).format_map(filled), remedy.format_map(filled)


def translated_parts(sentences: Iterable[str]) -> str:
    """Marked sentences, joined, in the active language."""
    return " ".join(gettext(sentence) for sentence in sentences)


def translated_run_error(code: str, error: str, params: Mapping[str, str]) -> str:
    """The error of a run from its three columns, in the active language."""
    if code in _CODES:
        return translated(ErrorCode(code), params)
    return gettext(error) if error else ""


def _filled(params: Mapping[str, str]) -> _Params:
    return _Params({name: gettext(text) if text and name in _WORDS else text for name, text in params.items()})
