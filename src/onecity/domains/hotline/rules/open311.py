"""What GeoReport v2 says, in both of its formats, and what its parameters mean.

Source: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), methods, formats, date handling, errors.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring  # writes only

Document = Mapping[str, object] | Sequence[Mapping[str, object]]
FORMATS: Final = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
MOST_REQUESTS: Final = 1000
LONGEST_SPAN: Final = timedelta(days=90)
STATUSES: Final = ("open", "closed")
_ITEMS: Final = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


def written_moment(at: datetime | None) -> str | None:
    """Return an instant as W3C date and time in UTC; None stays None."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime:
    """Return an instant from W3C date and time; a date alone begins at midnight, without a zone it is UTC.

    Raises: ValueError.
    """
    found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def span_of(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return the span asked for: at most 90 days, ending now where nothing else is said.

    Source: Open311 GeoReport v2, GET service requests: default span of 90 days.
    """
    if start is not None and end is None:
        return start, min(now, start + LONGEST_SPAN)
    last = end or now
    return max(start or last - LONGEST_SPAN, last - LONGEST_SPAN), last


def xml_of(root: str, document: Document) -> bytes:
    """Return a document as XML; lists become elements of the name that the standard gives them; None is left empty."""
    top = Element(root)
    _fill(top, document)
    body: bytes = tostring(top, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _fill(parent: Element, value: object) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            _fill(SubElement(parent, name), item)
    elif isinstance(value, list | tuple):
        for item in value:
            _fill(SubElement(parent, _ITEMS.get(parent.tag, "item")), item)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = _without_controls(str(value))


def _without_controls(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r" or " " <= letter < "\ud800" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"
    )
