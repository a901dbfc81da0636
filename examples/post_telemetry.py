"""Send one device's readings over HTTP with the device's own token. Standard library only.

    python examples/post_telemetry.py http://127.0.0.1:8000 KEY TOKEN pm2_5=35.5 humidity=40

KEY is the device's 设备标识, TOKEN comes from its page (设备令牌 · 签发令牌). The answer counts what was stored,
repeated, put into quarantine; 200 means durable. Send `ts` when you may have to send again: the same reading is then
recognised.
"""

import json
import sys
import urllib.request
from datetime import UTC, datetime


def main(base: str, key: str, token: str, *values: str) -> None:
    """Post the readings and print the answer."""
    body = {
        "ts": datetime.now(UTC).isoformat(),
        "values": {name: float(value) for name, value in (pair.split("=") for pair in values)},
    }
    request = urllib.request.Request(
        f"{base}/api/iot/v1/devices/{key}/telemetry",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(answer.read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
