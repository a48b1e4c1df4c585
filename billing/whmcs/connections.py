"""Connections for `requests` that go only to checked addresses and end at the deadline of their call.

The name is resolved once, its addresses are checked, and only these are connected to. TLS still verifies the name.
"""

import ssl
from functools import partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from billing.whmcs.addresses import AddressGuard
from billing.whmcs.deadline import DeadlineSocket, DeadlineTLSSocket, current_deadline, open_connection


class _GuardedConnection(HTTPConnection):
    """Connects only to addresses that `guard` allows, before the deadline of the call."""

    def __init__(self, *args: Any, guard: AddressGuard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guard = guard

    def _new_conn(self) -> DeadlineSocket:
        deadline = current_deadline()
        addresses = self._guard.fetch_addresses(self.host.strip("[]"), self.port, deadline)
        return open_connection(addresses, self.port, deadline)


class _GuardedTLSConnection(_GuardedConnection, HTTPSConnection):
    """The same with TLS."""


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLSConnection


class GuardedAdapter(HTTPAdapter):
    """The transport adapter of `requests` with guarded connections, no retries and no proxy."""

    def __init__(self, guard: AddressGuard, *, pool_size: int) -> None:
        self._guard = guard
        self._tls = tls_context()
        super().__init__(pool_connections=1, pool_maxsize=pool_size, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """The hook of HTTPAdapter's constructor for using another kind of connections."""
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._tls, **pool_kwargs
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_GuardedPool, guard=self._guard),
            "https": partial(_GuardedTLSPool, guard=self._guard),
        }

    def drop_connections(self) -> None:
        """Close idle connections, so that the next call opens a new one."""
        self.poolmanager.clear()


def tls_context() -> ssl.SSLContext:
    """TLS 1.2 or later, with certificate and host name verified. `requests` adds the certificate authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = DeadlineTLSSocket
    return context
