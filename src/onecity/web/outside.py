"""Reaching addresses that others name, without being led into the city's own network.

The address that is checked is the one that is connected to: names are resolved here, once for each connection, so that
a name that points elsewhere a moment later (rebinding) changes nothing. Redirects are never followed by callers.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Final

import httpcore
import httpx

PATIENCE_S: Final = 5.0
PUBLIC: Final = "public"
_PORTS: Final = frozenset({80, 443})
_FIRST_FREE_PORT: Final = 1024
_EMBEDDING: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(httpcore.ConnectError):
    """An address, or all that a name stands for, may not be reached."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one may go. networks: inner ones that the operator named. hosts: patterns of names that may stand anywhere.

    public: all public addresses.
    """

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    hosts: tuple[str, ...] = ()
    public: bool = True

    def permits(self, address: str) -> bool:
        """Say whether an IP address may be reached; an IPv4 address inside of an IPv6 one counts as itself.

        Source: RFC 6890 (special-purpose registries); RFC 4291, 2.5.5; RFC 6052.
        """
        try:
            found = _inner(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return False
        if any(found in network for network in self.networks):
            return True
        return self.public and found.is_global and not (found.is_multicast or found.is_reserved)

    def trusts(self, host: str) -> bool:
        """Say whether a name may stand for any address."""
        return any(fnmatch(host.lower(), pattern) for pattern in self.hosts)


def reach_of(names: Iterable[str]) -> Reach:
    """Return what a setting names: networks, and `public`.

    Raises: ValueError for what is neither.
    """
    given = [name.strip() for name in names if name.strip()]
    networks = tuple(ipaddress.ip_network(name, strict=False) for name in given if name != PUBLIC)
    return Reach(networks, public=PUBLIC in given)


def is_usual_port(port: int) -> bool:
    """Say whether a port is one of HTTP's, or none of the well-known services'."""
    return port in _PORTS or _FIRST_FREE_PORT <= port <= 65_535


async def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses that a name stands for now; none if it cannot be resolved."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to permitted addresses only."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # as httpcore has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve a name and connect to the first address behind it that may be reached and answers."""
        found = await addresses_of(host, port)
        if not found:
            raise httpcore.ConnectError(f"no address for {host}")
        allowed = found if self._reach.trusts(host) else [item for item in found if self._reach.permits(item)]
        if not allowed:
            raise Forbidden(f"the operator does not let this city go to {host}")
        for number, address in enumerate(allowed):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(allowed) - 1:
                    raise
        raise AssertionError

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # as httpcore has it
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing outside listens there."""
        raise Forbidden("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's way out, through `GuardedBackend`; certificates are checked against the name, not the address."""

    def __init__(self, reach: Reach, *, connections: int = 64) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(reach),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _told_as_httpx():
            answer = await self._pool.handle_async_request(asked)
        assert not isinstance(answer.stream, bytes)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _told_as_httpx():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _told_as_httpx() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error) or type(error).__name__) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpx.TransportError(str(error) or type(error).__name__) from error


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if carried is None and any(address in network for network in _EMBEDDING):
        carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
