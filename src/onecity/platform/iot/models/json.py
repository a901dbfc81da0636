"""JSON columns as plain SQL gives them."""

import json


def plain_object(stored: object) -> dict[str, object]:
    """Return a JSON object that a cursor fetched, as text or already read."""
    found = json.loads(stored) if isinstance(stored, str) else stored
    assert isinstance(found, dict)
    return found
