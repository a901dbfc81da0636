"""What the banks send of accounts newly opened: one CSV a bank, with the faults that such files really have."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from onecity.demo.departments.people import DemoHousehold
from onecity.demo.departments.rows import BANKS, CITIZEN_ID

FOLDER: Final = "finance"
PATTERN: Final = "openings_*.csv"
COLUMNS: Final[Mapping[str, str]] = {
    "citizen_id": CITIZEN_ID,
    "name": "姓名",
    "institution": "机构名称",
    "kind": "账户种类",
    "account_tail": "账号后四位",
    "opened_date": "开户日期",
}
KINDS: Final[Mapping[str, str]] = {"deposit": "存款账户", "security": "证券账户"}
DAYS: Final = 300
WRONG: Final = 6
"""Rows that cannot be right, over all files."""
Line = list[str]


def write_openings(folder: Path, *, households: Sequence[DemoHousehold], today: date) -> int:
    """Write the files of every bank anew under `folder`; returns how many rows they hold, the wrong ones included.

    households: at least `WRONG`.
    """
    lines = [_line(home, today) for home in households]
    lines += _wrong(lines[:WRONG])
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for place, bank in enumerate(BANKS, start=1):
        _write(folder / FOLDER / f"openings_{place}.csv", (line for line in lines if line[2] == bank))
    return len(lines)


def _line(home: DemoHousehold, today: date) -> Line:
    opened = today - timedelta(days=1 + home.place % DAYS)
    kind = "security" if home.place % 7 == 0 else "deposit"
    tail = f"{7919 * (home.place + 1) % 10_000:04}"
    return [home.head.number, home.head.name, BANKS[home.place % len(BANKS)], kind, tail, opened.isoformat()]


def _wrong(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield six rows as they come from a bank's counter: two bad numbers, no name, two bad days, an unknown kind."""
    first, second, third, fourth, fifth, sixth = (list(line) for line in lines)
    first[0] = first[0][:-1] + ("1" if first[0][-1] != "1" else "2")
    second[0] = second[0][:-1]
    third[1] = ""
    fourth[5] = "2025-02-30"
    fifth[5] = "2025-13-01"
    sixth[3] = "gold"
    yield from (first, second, third, fourth, fifth, sixth)


def _write(path: Path, lines: Iterable[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(lines)
