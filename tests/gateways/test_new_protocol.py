"""What `manage new_protocol` lays out works as it stands."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]
UNNEEDED = shutil.ignore_patterns("static", "locale", "__pycache__", "templates", "cities")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of the sources, as far as a protocol needs them."""
    shutil.copytree(ROOT / "src/onecity", tmp_path / "src/onecity", ignore=UNNEEDED)
    yield tmp_path
    shutil.rmtree(tmp_path)


def run(checkout: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_new_protocol_passes_its_own_tests_and_is_found(checkout: Path) -> None:
    call_command("new_protocol", "szy206", "--title", "SZY 206 水资源", "--root", str(checkout), verbosity=0)
    tests = "src/onecity/platform/iot/codecs/szy206/tests"
    run(checkout, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "-p", "no:django", tests)
    run(
        checkout,
        "-c",
        "from onecity.platform.iot.declare import Protocol\n"
        "from onecity.platform.iot.gateways.field.registry import _entry\n"
        "from onecity.platform.iot.gateways.field.contract import Moment\n"
        "from onecity.platform.iot.codecs.szy206 import encode\n"
        "from datetime import datetime, UTC\n"
        "found = _entry(Protocol('szy206'))\n"
        "assert found.title == 'SZY 206 水资源'\n"
        "moment = Moment(datetime.now(UTC), 0.0)\n"
        "[said] = found.session().received(encode('123456789012', 1, bytes.fromhex('010165')), moment)\n"
        "assert said.readings[0].value == 35.7, said\n"
        "assert found.session().order('123456789012', 'set_time', {}, moment).data",
    )


def test_what_is_laid_out_keeps_to_the_style(checkout: Path) -> None:
    call_command("new_protocol", "szy206", "--root", str(checkout), verbosity=0)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    made = [*checkout.glob("src/onecity/platform/iot/codecs/szy206/**/*.py"), *checkout.glob("tests/gateways/*.py")]
    made += [checkout / f"src/onecity/platform/iot/{name}" for name in ("declare.py", "gateways/field/szy206.py")]
    run(checkout, "-m", "ruff", "check", *map(str, made))
    run(checkout, "-m", "ruff", "format", "--check", *map(str, made))


def test_protocol_that_is_there_is_not_written_over(checkout: Path) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("new_protocol", "jt808", "--root", str(checkout))
    with pytest.raises(CommandError, match="no code"):
        call_command("new_protocol", "No-Good", "--root", str(checkout))
