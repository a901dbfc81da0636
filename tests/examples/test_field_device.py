"""The guide "connect a vehicle terminal in five minutes": its command, run as it stands, against a gateway."""

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.peers import latest

from onecity.platform.iot.declarations.field import VEHICLE_TERMINAL
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.jt808 import PROTOCOL
from onecity.platform.iot.models import Device, UnknownDevice
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs" / "guides" / name for name in ("connect-field-device.md", "connect-field-device.zh.md")]


def commands(guide: Path) -> list[list[str]]:
    """Return the command lines of a guide."""
    blocks = re.findall(r"^```\n(.*?)^```", guide.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.startswith("python ")]


def ran(words: list[str], port: int, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *words[1:], *more]
    command[command.index("5808")] = str(port)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)


def test_guides_command_brings_a_vehicle_onto_the_map() -> None:
    (words,) = commands(GUIDES[0])
    assert commands(GUIDES[1]) == [words], "both languages show the same"
    with field_gateway(replace(PROTOCOL, port=0)) as ports:
        stranger = ran(words, ports["jt808"])
        assert (stranger.returncode, stranger.stderr) == (1, "not registered: result 4\n")
        assert UnknownDevice.objects.get().key == "13800000001"
        make_device("13800000001", type_code=VEHICLE_TERMINAL.code, protocol=Protocol.JT808)
        until(lambda: ran(words, ports["jt808"]).returncode == 0)
        until(lambda: Device.objects.get().location is not None)
        assert latest("13800000001")["speed"] == 36.0
        again = ran(words, ports["jt808"])
        assert again.stderr == "not registered: result 3\n"
        wrong = ran(words, ports["jt808"], "--code", "wrong")
        assert wrong.stdout == "logged in: no\nposition stored: no\n"


def test_guide_shows_what_the_example_says() -> None:
    for guide in GUIDES:
        text = guide.read_text(encoding="utf-8")
        assert "registered: code " in text
        assert "logged in: yes\nposition stored: yes\n" in text
