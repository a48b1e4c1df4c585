"""What a host name says by itself: whether it is a number, and whether it is this machine."""

from ipaddress import ip_address

LOCALHOST = "localhost"


def is_this_machine(host: str | None) -> bool:
    """Whether the host is this machine, for whoever uses it: nobody else can follow a link to it."""
    return host == LOCALHOST or (is_number(host) and ip_address(host or "").is_loopback)


def is_number(host: str | None) -> bool:
    """Whether the host is an IP address."""
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True
