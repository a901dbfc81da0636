"""ingestr and dlt with their fastest settings, each in an environment of its own, made from PyPI for the bench."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.report import progress

PACKAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "ingestr": ("ingestr==0.15.9",),  # the last line of releases that is Python and comes whole from PyPI
    "dlt": (
        "dlt[postgres,parquet,sql-database]==1.31.0", "connectorx==0.4.6", "psycopg2-binary",
        "adbc-driver-postgresql==1.13.0", "adbc-driver-manager==1.13.0",
    ),
}  # fmt: skip
PROGRAMS: Final[Mapping[str, str]] = {
    # connectorx reads Arrow, parquet files carry it, ADBC copies them in.
    "dlt": """
import json, sys, time
import dlt
from dlt.sources.sql_database import sql_table
given = json.load(open(sys.argv[1]))
table = sql_table(credentials=given["source"], table=given["table"], schema="public", backend="connectorx",
                  backend_kwargs={"return_type": "arrow"}, reflection_level="full")
pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(given["target"]), dataset_name=given["schema"],
                        pipelines_dir=given["folder"])
began = time.perf_counter()
pipeline.run(table, loader_file_format="parquet", write_disposition="replace")
print("seconds", time.perf_counter() - began)
""",
    "ingestr": """
import json, subprocess, sys, time
from pathlib import Path
given = json.load(open(sys.argv[1]))
began = time.perf_counter()
subprocess.run([str(Path(sys.executable).parent / "ingestr"), "ingest", "--yes", "--progress", "log",
                "--source-uri", given["source"], "--source-table", "public." + given["table"],
                "--dest-uri", given["target"], "--dest-table", given["schema"] + "." + given["table"],
                "--sql-backend", "connectorx", "--loader-file-format", "parquet",
                "--extract-parallelism", "2", "--loader-file-size", "200000"],
               check=True, stdout=sys.stderr,
               env={"HOME": given["folder"], "DISABLE_TELEMETRY": "true", "PATH": "/usr/bin:/bin"})
print("seconds", time.perf_counter() - began)
""",
}


class Peer:
    """One peer. works: it could be made and run here."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder / name
        self._python = self._folder / "bin" / "python"
        self.works = self._made()

    def copy(self, *, source: str, target: str, table: str) -> float:
        """Copy a table; return the seconds. Raises: subprocess.CalledProcessError."""
        with tempfile.TemporaryDirectory(prefix="onecity-bench-peer-") as folder:
            given = {"source": source, "target": target, "table": table, "schema": f"by_{self.name}", "folder": folder}
            program, facts = Path(folder) / "program.py", Path(folder) / "given.json"
            program.write_text(PROGRAMS[self.name], encoding="utf-8")
            facts.write_text(json.dumps(given), encoding="utf-8")
            found = subprocess.run(
                [str(self._python), str(program), str(facts)], check=True, capture_output=True, text=True, cwd=folder
            )
        line = next(line for line in found.stdout.splitlines() if line.startswith("seconds"))
        return float(line.split()[1])

    def _made(self) -> bool:
        progress(f"making an environment for {self.name}")
        steps = [
            [sys.executable, "-m", "venv", str(self._folder)],
            [str(self._python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES[self.name]],
        ]
        for step in steps:
            if subprocess.run(step, check=False, capture_output=True).returncode:
                progress(f"{self.name} could not be installed and is left out")
                return False
        return True
