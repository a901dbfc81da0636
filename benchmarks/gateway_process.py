"""A gateway as a process of its own, on the bench's database, and devices for it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from onecity.platform.identity.models import Organisation
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device

ROOT = Path(__file__).parents[1]


class GatewayProcess:
    """`manage gateway …`; ready once this stands. port: that it said."""

    def __init__(self, *arguments: str, settings: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "gateway", *arguments],
            env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"the gateway did not start: {line!r}")
        self.port = int(line.split()[1])

    @property
    def pid(self) -> int:
        """Its number among the machine's processes."""
        return self._process.pid

    def stop(self) -> None:
        """End it in good order."""
        self._process.terminate()
        self._process.wait(30)


def make_devices(count: int, *, prefix: str, protocol: Protocol) -> list[str]:
    """Register devices of a type without properties; return their keys."""
    keys = [f"{prefix}{number:019d}" for number in range(count)]
    now = datetime.now(UTC)
    owner, _ = Organisation.objects.get_or_create(
        code="bench", defaults={"name": "性能测试", "short_name": "测试", "kind": "department"}
    )
    Device.objects.bulk_create(
        Device(key=key, name=key, type_code="iot.generic", protocol=protocol, organisation=owner, created_at=now)
        for key in keys
    )
    return keys
