"""Which passwords from the shop are too weak to open a door."""

from collections.abc import Sequence

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# Below what the change form asks for: what the customer chose in the cart should open the door if at all possible.
SHORTEST = 6
_common = CommonPasswordValidator()


def problem_with(readings: Sequence[str], email: str, company: str) -> str:
    """The code of what is wrong with a first password, or an empty text.

    `readings` are what the customer may have typed, first as it was received. One that others would guess is enough
    to refuse, because any of them would open the door. The length is asked of the first alone: `&amp;&amp;` may be
    what was typed, though `&&` would be too short.
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
