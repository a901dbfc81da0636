"""Verifying the audit trail: the whole chain is walked, each link compared with its entry."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from onecity.kernel import bus
from onecity.kernel.actor import system_actor
from onecity.kernel.text import zh
from onecity.platform.identity.events import AUDIT_BROKEN
from onecity.platform.identity.services.audit import BATCH, COLUMNS, GENESIS, link, record
from onecity.platform.jobs.declare import Progress

JOB: Final = "identity.verify_audit"
VERIFY_EVERY_S: Final = 24 * 3600.0
NAMED_AT_MOST: Final = 1_000
_CHAIN: Final = f"""
    SELECT s.number, s.digest, {COLUMNS}
    FROM identity_auditseal s LEFT JOIN identity_auditentry e ON e.id = s.entry_id
    WHERE s.number > %s ORDER BY s.number LIMIT {BATCH}
"""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verification found.

    sealed: the last number of the chain. unsealed: entries that no link holds yet; in a running city they are young.
    altered: numbers whose entry is not what was sealed. missing: numbers whose link or entry is gone; the link behind a
    gap cannot be judged. At most `NAMED_AT_MOST` of each are named. head_fits: whether the chain ends where it should.
    """

    sealed: int
    unsealed: int
    altered: tuple[int, ...]
    missing: tuple[int, ...]
    head_fits: bool

    @property
    def broken(self) -> tuple[int, ...]:
        """Return every number that is altered or missing."""
        return tuple(sorted({*self.altered, *self.missing}))

    @property
    def sound(self) -> bool:
        """Say whether every sealed entry is present and unaltered and the chain ends where its head says."""
        return not self.broken and self.head_fits


@dataclass(slots=True)
class _Walk:
    """How far the chain is walked, and what was wrong on the way."""

    number: int = 0
    digest: str = GENESIS
    altered: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def step(self, number: int, digest: str, entry: tuple[object, ...]) -> None:
        """Judge one link."""
        whole = number == self.number + 1
        if not whole:
            self.miss(self.number + 1, number)
        if entry[0] is None:
            self.miss(number, number + 1)
        elif whole and link(self.digest, entry) != digest and len(self.altered) < NAMED_AT_MOST:
            self.altered.append(number)
        self.number, self.digest = number, digest

    def miss(self, first: int, behind: int) -> None:
        """Note numbers that are not there, from `first` to before `behind`."""
        room = NAMED_AT_MOST - len(self.missing)
        self.missing.extend(range(first, min(behind, first + room)))


def verify_audit(*, step: Callable[[int, int], None] | None = None) -> AuditVerdict:
    """Walk the whole chain and compare each link with its entry.

    step: is told after each batch how many links are walked, of how many.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest FROM identity_audithead")
        head_number, head_digest = cursor.fetchone()
    walk = _Walk()
    for rows in _chain():
        for number, digest, entry in rows:
            walk.step(number, digest, entry)
        if step:
            step(walk.number, max(head_number, walk.number))
    head_fits = _head_fits(walk, head_number, head_digest)
    if walk.number < head_number:
        walk.miss(walk.number + 1, head_number + 1)
    return AuditVerdict(walk.number, _unsealed(), tuple(walk.altered), tuple(walk.missing), head_fits)


def run_verification(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Verify the trail, leave the verdict in it, and raise the alarm when it is broken; the job."""
    verdict = verify_audit(step=lambda done, total: progress.step(done, total=total))
    details = {
        "sound": verdict.sound,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "altered": verdict.altered[:20],
        "missing": verdict.missing[:20],
        "head_fits": verdict.head_fits,
    }
    record(system_actor("verify_audit"), action="identity.verify_audit", details=details)
    if not verdict.sound:
        bus.announce(AUDIT_BROKEN, altered=len(verdict.altered), missing=len(verdict.missing))
    return {
        zh("结论"): zh("完整") if verdict.sound else zh("已被破坏"),
        zh("已封存"): verdict.sealed,
        zh("待封存"): verdict.unsealed,
        zh("被改动"): _named(verdict.altered),
        zh("缺失"): _named(verdict.missing),
        zh("链尾"): zh("一致") if verdict.head_fits else zh("不一致"),
    }


def ask_for_verification() -> None:
    """Queue a verification; the tick's short part."""
    bus.defer(JOB)


def _chain() -> Iterator[list[tuple[int, str, tuple[object, ...]]]]:
    reached = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CHAIN, [reached])
            rows = cursor.fetchall()
        if rows:
            yield [(row[0], row[1], row[2:]) for row in rows]
        if len(rows) < BATCH:
            return
        reached = rows[-1][0]


def _head_fits(walk: _Walk, number: int, digest: str) -> bool:
    """Say whether the walk passed the head that was read before it began; the chain may have grown since."""
    if walk.number == number:
        return walk.digest == digest
    if walk.number < number:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM identity_auditseal WHERE number = %s", [number])
        row = cursor.fetchone()
    return (row[0] if row else GENESIS) == digest


def _unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM identity_auditentry e"
            " WHERE NOT EXISTS (SELECT FROM identity_auditseal s WHERE s.entry_id = e.id)"
        )
        return int(cursor.fetchone()[0])


def _named(numbers: tuple[int, ...]) -> str:
    return "、".join(str(number) for number in numbers[:20]) or "0"
