"""Which passwords from the shop are too weak to sign in with."""

from collections.abc import Sequence

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# Shorter than the change form requires, because the password from the cart should work if at all possible.
SHORTEST = 6
_common = CommonPasswordValidator()


def problem_with(readings: Sequence[str], email: str, company: str) -> str:
    """The code of what is wrong with a first password, or "".

    `readings` are what the customer may have typed, beginning with the text as received. One easily guessed reading is
    enough to refuse, because each of them would sign in. Only the first reading must be long enough: `&amp;&amp;` may
    really be what was typed, although `&&` would be too short.
    """
    if len(readings[0]) < SHORTEST:
        return "too_short"
    problems = (_how_guessable(reading, email, company) for reading in readings)
    return next(filter(None, problems), "")


def _how_guessable(password: str, email: str, company: str) -> str:
    folded = password.casefold()
    if folded in {email.casefold(), email.partition("@")[0].casefold(), company.casefold()}:
        return "too_similar"
    try:
        _common.validate(password)
    except ValidationError:
        return "too_common"
    return ""
