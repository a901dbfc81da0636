"""What a sensor of CoAP sends: JSON to its own address, confirmable. Bytes as in `lwm2m_frames`."""

import json
from collections.abc import Mapping

from onecity.demo.simulators.lwm2m_frames import CONFIRMABLE, FORMAT, POST, Datagram, path_options, whole_number, write

JSON = 50


def telemetry(key: str, secret: str, values: Mapping[str, float], *, at_ms: int, number: int) -> bytes:
    """Return an upload. number: of the message, 0–65535."""
    body = json.dumps({"values": values, "ts": at_ms}, separators=(",", ":")).encode()
    options = (*path_options(f"/v1/{key}/telemetry", [f"token={secret}"]), (FORMAT, whole_number(JSON)))
    return write(Datagram(CONFIRMABLE, POST, number, number.to_bytes(2, "big"), options, body))
