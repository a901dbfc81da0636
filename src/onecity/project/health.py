"""Examines every part of this installation and says what to do about what is wrong."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from onecity.kernel.errors import OneCityError
from onecity.platform.identity.services.keys import master_key
from onecity.project.messages import catalogue_path, modules
from onecity.project.parts import program

LEAST_DISK_GIB: Final = 2.0
MOST_CLOCK_SECONDS: Final = 2.0
LEAST_POSTGRES: Final = 150_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was examined, whether it is well, what was found, and what to do when it is not."""

    part: str
    well: bool
    found: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Yield a finding for each part; a part whose examination fails is a finding too."""
    for part, look in _LOOKS:
        try:
            yield look()
        except (DatabaseError, OSError, OneCityError, subprocess.SubprocessError) as error:
            yield Finding(part, well=False, found=type(error).__name__ + ": " + str(error)[:160], advice="./onecity up")


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", (3, 11) <= sys.version_info[:2] < (3, 14), version, "Python 3.11–3.13")


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
    return Finding("PostgreSQL", number >= LEAST_POSTGRES, version, "PostgreSQL 15+")


def _postgis() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
        row = cursor.fetchone()
    return Finding("PostGIS", row is not None, row[0] if row else "—", "CREATE EXTENSION postgis")


def _durability() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_encoding')"
        )
        fsync, commit, encoding = cursor.fetchone()
    well = fsync == "on" and commit != "off" and encoding == "UTF8"
    found = f"fsync={fsync} synchronous_commit={commit} encoding={encoding}"
    return Finding("durability", well, found, "fsync=on, synchronous_commit=on, UTF8")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in waiting)
    return Finding("migrations", not waiting, names or "current", "./onecity manage migrate")


def _clock() -> Finding:
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    ours = datetime.fromtimestamp((before + time.time()) / 2, UTC)
    apart = abs((theirs - ours).total_seconds())
    return Finding(
        "clock", apart < MOST_CLOCK_SECONDS, f"{apart:.2f} s from the database", "chrony / systemd-timesyncd"
    )


def _disk() -> Finding:
    free = shutil.disk_usage(settings.ENV.state).free / 2**30
    return Finding("disk", free >= LEAST_DISK_GIB, f"{free:.1f} GiB free", f"free at least {LEAST_DISK_GIB:.0f} GiB")


def _broker() -> Finding:
    outcome = subprocess.run(  # noqa: S603  # the system's own program
        [program("mosquitto"), "-h"], capture_output=True, text=True, check=False, timeout=10
    )
    first = (outcome.stdout or outcome.stderr).splitlines()[0]
    return Finding("Mosquitto", "mosquitto version" in first, first, "apt-get install mosquitto")


def _master_key() -> Finding:
    master_key()
    mode = settings.ENV.master_key_file.stat().st_mode & 0o777
    return Finding("master key", mode & 0o077 == 0, f"{mode:o}", f"chmod 600 {settings.ENV.master_key_file}")


def _static() -> Finding:
    there = (settings.STATIC_ROOT / "staticfiles.json").exists()
    return Finding("static files", there, "built" if there else "missing", "./onecity manage collectstatic --no-input")


def _english() -> Finding:
    stale = [
        path.parent.parent.parent.parent.name
        for path in map(catalogue_path, modules())
        if path.exists() and not path.with_suffix(".mo").exists()
    ]
    return Finding("English", not stale, ", ".join(stale) or "compiled", "./onecity manage compile_messages")


def _queue() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'todo')"
            " FROM procrastinate_jobs"
        )
        failed, waiting = cursor.fetchone()
    return Finding(
        "queue", failed == 0, f"{waiting} waiting, {failed} failed", "/jobs; ./onecity manage procrastinate shell"
    )


def _audit() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM identity_auditentry e WHERE e.at < now() - interval '1 minute'"
            " AND e.transaction >= (SELECT horizon FROM identity_audithead)"
            " AND NOT EXISTS (SELECT FROM identity_auditseal s WHERE s.entry_id = e.id)"
        )
        behind = cursor.fetchone()[0]
    return Finding("audit seal", behind == 0, f"{behind} unsealed for over a minute", "./onecity up (worker)")


_LOOKS: Final[tuple[tuple[str, Callable[[], Finding]], ...]] = (
    ("Python", _python),
    ("PostgreSQL", _database),
    ("PostGIS", _postgis),
    ("durability", _durability),
    ("migrations", _migrations),
    ("clock", _clock),
    ("disk", _disk),
    ("Mosquitto", _broker),
    ("master key", _master_key),
    ("static files", _static),
    ("English", _english),
    ("queue", _queue),
    ("audit seal", _audit),
)
