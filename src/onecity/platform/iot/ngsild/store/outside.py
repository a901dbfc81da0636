"""Addresses outside that the broker reads from or sends to."""

from urllib.parse import urlsplit

from django.conf import settings

from onecity.web.outside import Reach, addresses_of


def broker_reach() -> Reach:
    """Return where the broker may go: hosts that the operator named in `ONECITY_NGSI_HOSTS`, and public ones."""
    return Reach(hosts=tuple(settings.ENV.ngsi_hosts))


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
    reach = broker_reach()
    return reach.trusts(host) or all(map(reach.permits, await addresses_of(host, port)))
