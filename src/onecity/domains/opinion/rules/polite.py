"""How often others' machines are asked, and how long we stay away when they do not answer."""

from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SHORTEST_PAUSE_S: Final = 3.0
LONGEST_PAUSE_S: Final = 60.0
LONGEST_ABSENCE: Final = timedelta(hours=24)
LONGEST_URL: Final = 500
_TRACKING: Final = ("utm_", "spm", "from_source", "share_token")


def pause_s(crawl_delay: float | None) -> float:
    """Return the seconds between two requests to one host: what it asks for, within our own bounds.

    Source: House rule (RFC 9309 knows no delay; many hosts state one).
    """
    return min(max(crawl_delay or 0.0, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)


def next_look(interval_min: int, *, failures: int, asked_to_wait_s: float = 0.0) -> timedelta:
    """Return how long to leave a source alone: twice as long after each failure, at most a day.

    asked_to_wait_s: from Retry-After; it counts where it is longer. Source: RFC 9110, 10.2.3; House rule.
    """
    usual = timedelta(minutes=interval_min) * (1 << min(failures, 10))
    return max(min(usual, LONGEST_ABSENCE), min(timedelta(seconds=asked_to_wait_s), LONGEST_ABSENCE))


def plain_url(url: str) -> str:
    """Return an address by which the same article is known again: no fragment, no tracking, host in lower case.

    An address that is none, or longer than an article's may be, gives an empty text. Source: RFC 3986, 6.2.2.
    """
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_TRACKING)]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    plain = urlunsplit((parts.scheme.lower(), f"{host}{port}", parts.path or "/", urlencode(kept), ""))
    return plain if len(plain) <= LONGEST_URL else ""


def host_of(url: str) -> str:
    """Return the host (with its port) of an address; empty where there is none."""
    plain = plain_url(url)
    return urlsplit(plain).netloc if plain else ""
