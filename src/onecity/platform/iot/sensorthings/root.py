"""The service's own description."""

from typing import Final

from onecity.platform.iot.sensorthings.entities import SETS

_SPEC: Final = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE: Final = (
    *(
        f"{_SPEC}/datamodel{part}"
        for part in (
            "",
            "/thing",
            "/location",
            "/historical-location",
            "/datastream",
            "/sensor",
            "/observed-property",
            "/observation",
            "/feature-of-interest",
            "/entity-control-information",
        )
    ),
    f"{_SPEC}/resource-path/resource-path-to-entities",
    f"{_SPEC}/request-data",
    f"{_SPEC}/create-update-delete",
    f"{_SPEC}/create-update-delete/create-entity",
    f"{_SPEC}/create-update-delete/link-to-existing-entities",
    f"{_SPEC}/create-update-delete/deep-insert",
    f"{_SPEC}/create-update-delete/update-entity",
    f"{_SPEC}/create-update-delete/update-entity-put",
    f"{_SPEC}/create-update-delete/update-entity-jsonpatch",
    f"{_SPEC}/create-update-delete/delete-entity",
    f"{_SPEC}/create-update-delete/historical-location-auto-creation",
    f"{_SPEC}/batch-request/batch-request",
    f"{_SPEC}/data-array/data-array",
    f"{_SPEC}/create-observations-via-mqtt/observations-creation",
    f"{_SPEC}/receive-updates-via-mqtt/receive-updates",
)
"""Requirement classes that the service meets. MultiDatastream, an optional class, is not among them.

Source: OGC 18-088, 9.2.1 (usage 1: no resource path).
"""


def service_root(base: str) -> dict[str, object]:
    """Return the document at the service's root. base: its address with a slash."""
    topic = {"endpoints": [], "topics": "v1.1/{resource path}"}
    return {
        "value": [{"name": name, "url": f"{base}{name}"} for name in SETS],
        "serverSettings": {
            "conformance": list(CONFORMANCE),
            f"{_SPEC}/create-observations-via-mqtt/observations-creation": topic,
            f"{_SPEC}/receive-updates-via-mqtt/receive-updates": topic,
        },
    }
