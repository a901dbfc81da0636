"""What a benchmark found, and how it is told: a table for people, one JSON object for programs."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.database import server_version

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure beside its limit. limit: the figure of what `limit_name` says, measured in turn in the same run."""

    name: str
    value: float
    unit: str
    limit: float
    limit_name: str
    better: Better

    @property
    def ratio(self) -> float:
        """Return value ÷ limit."""
        return self.value / self.limit


def machine() -> dict[str, str | int]:
    """Return what the figures were measured on."""
    cpu = _first("/proc/cpuinfo", "model name")
    memory_kb = int(_first("/proc/meminfo", "MemTotal").split()[0])
    return {
        "cpu": cpu,
        "cores": os.cpu_count() or 0,
        "memory_mb": memory_kb // 1024,
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": server_version(),
    }


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "0"


def as_json(bench: str, results: Sequence[Result]) -> str:
    """Return the one object that `--json` prints."""
    rows = [
        {
            "name": item.name,
            "value": round(item.value, 4),
            "unit": item.unit,
            "limit": round(item.limit, 4),
            "ratio": round(item.ratio, 4),
            "better": item.better,
            "limit_name": item.limit_name,
        }
        for item in results
    ]
    return json.dumps({"bench": bench, "machine": machine(), "results": rows}, ensure_ascii=False)


def as_table(bench: str, results: Sequence[Result]) -> str:
    """Return the table that people read."""
    where = machine()
    lines = [
        f"{bench}: {where['cpu']}, {where['cores']} cores, {where['memory_mb']} MB, {where['system']}, "
        f"Python {where['python']}, PostgreSQL {where['postgresql']}",
        "",
        f"{'name':28} {'value':>12} {'limit':>12} {'ratio':>7}  {'unit':16} better  limit",
    ]
    lines += [
        f"{item.name:28} {item.value:12,.2f} {item.limit:12,.2f} {item.ratio:7.2f}  {item.unit:16} "
        f"{item.better:6}  {item.limit_name}"
        for item in results
    ]
    return "\n".join(lines)


def progress(text: str) -> None:
    """Tell on the terminal what is being done; standard output is for the figures."""
    print(f"  {text}", file=sys.stderr, flush=True)
