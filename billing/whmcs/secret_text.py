"""A text that must never be printed, logged or stored."""

from typing import NoReturn


class SecretText:
    """Holds the API secret or a first password and gives it away only through `reveal`.

    Printing, formatting, logging, copying and pickling show `***` or fail, so a secret can't get into a log line, an
    error page, a queue message or a cache by accident. It is not JSON-serialisable either.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself. Do not keep it in a variable that outlives the call."""
        return self.__text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> NoReturn:
        raise TypeError("A secret is not formatted into a text; call reveal() where it is really meant.")

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        # Defining only `__eq__` makes a secret unhashable, so it can't be a key of a dictionary.
        return isinstance(other, SecretText) and other.reveal() == self.__text

    def __copy__(self) -> NoReturn:
        raise TypeError("A secret is not copied.")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("A secret is not copied.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is not pickled.")
