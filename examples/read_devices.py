"""Read devices through the interface with a program's token. Standard library only.

    python examples/read_devices.py http://127.0.0.1:8000 TOKEN

The token comes from `./onecity manage issue_token … --permission iot.view_devices`; it sees its organisation's devices.
"""

import json
import sys
import urllib.error
import urllib.request


def main(base: str, token: str) -> None:
    """Print each device's key, name and state; on refusal the problem that the platform reports."""
    request = urllib.request.Request(f"{base}/api/iot/devices", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            page = json.load(answer)
    except urllib.error.HTTPError as refusal:
        print(json.load(refusal)["title"], file=sys.stderr)
        sys.exit(1)
    for device in page["items"]:
        print(device["key"], device["name"], device["state"])


if __name__ == "__main__":
    main(*sys.argv[1:])
