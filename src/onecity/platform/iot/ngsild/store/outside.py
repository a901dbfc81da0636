"""Addresses outside that the broker reads from or sends to."""

from fnmatch import fnmatch
from urllib.parse import urlsplit

from django.conf import settings


def may_reach(url: str) -> bool:
    """Say whether the operator lets the broker reach an address; `ONECITY_NGSI_HOSTS` names the hosts."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return bool(host) and any(fnmatch(host, pattern) for pattern in settings.ENV.ngsi_hosts)
