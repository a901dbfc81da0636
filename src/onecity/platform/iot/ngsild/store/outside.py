"""Addresses outside that the broker reads from or sends to."""

import asyncio
import ipaddress
import socket
from fnmatch import fnmatch
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE_S: Final = 5.0


async def may_reach(url: str) -> bool:
    """Say whether the broker may reach an address: a host that the operator named, or else a public one.

    A host whose name cannot be resolved now counts as public: nothing is reached by it.
    Hosts inside are named in `ONECITY_NGSI_HOSTS`; otherwise a client could have the broker ask them.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        return False
    if not host:
        return False
    if any(fnmatch(host, pattern) for pattern in settings.ENV.ngsi_hosts):
        return True
    return all(ipaddress.ip_address(address).is_global for address in await _addresses(host, port))


async def _addresses(host: str, port: int) -> list[str]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return [str(item[4][0]).partition("%")[0] for item in found]
