"""Parses a message: the ids of changed services, and nothing else."""

from typing import Annotated

import msgspec

CHANGED = "service.changed"
MOST_SERVICES = 100
ServiceId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class _Message(msgspec.Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Changed(msgspec.Struct):
    services: Annotated[list[ServiceId], msgspec.Meta(max_length=MOST_SERVICES)]


class Unreadable(Exception):
    """Not a message of the hook file."""


def parse_services(body: bytes) -> list[int]:
    """The ids of the changed services; none for other types of messages, such as a test.

    Raises Unreadable.
    """
    try:
        message = msgspec.json.decode(body, type=_Message)
        if message.type != CHANGED:
            return []
        return list(dict.fromkeys(msgspec.json.decode(message.data, type=_Changed).services))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable from error
