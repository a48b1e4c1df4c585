"""Which passwords from the shop are too weak to open a door."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

# Below what the change form asks for: what the customer chose in the cart should open the door if at all possible.
SHORTEST = 6
_common = CommonPasswordValidator()


def problem_with(password: str, email: str, company: str) -> str:
    """The code of what is wrong with a first password, or an empty text: too short, common, or a name of theirs."""
    if len(password) < SHORTEST:
        return "too_short"
    folded = password.casefold()
    if folded in {email.casefold(), email.partition("@")[0].casefold(), company.casefold()}:
        return "too_similar"
    try:
        _common.validate(password)
    except ValidationError:
        return "too_common"
    return ""
