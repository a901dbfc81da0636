"""Judging what is in force: in phenomenon time, step by step, each step once.

A rule's row is locked while it is judged. What it fired, where it stands and how far it was judged are written in one
transaction, so a worker that dies leaves nothing half done, and two workers never judge the same step.
"""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction

from onecity.kernel import bus
from onecity.platform.iot.models import LinkageEdition, LinkageRule, LinkageState
from onecity.platform.iot.rules.conditions.phases import NORMAL, Standing, at_rest
from onecity.platform.iot.rules.instants import SECOND, instant, micros
from onecity.platform.iot.selectors.linkage.reading import edition_text
from onecity.platform.iot.selectors.linkage.stretches import Plan, judge, plan_of
from onecity.platform.iot.services.linkage.firing import end_gone, write_happenings

JUDGE_JOB: Final = "iot.judge_linkage"
MOST_BEHIND: Final = timedelta(days=1)
"""House rule: after a longer standstill a rule goes on a day back; what lies before is told on its page."""
MOST_CELLS: Final = 500_000
"""Devices × instants of one transaction."""
MOST_PIECES: Final = 20
LOST_AFTER: Final = timedelta(minutes=5)
"""A judgement that was asked for and has not ended for so long, real time, is asked for again."""
_DUE: Final = """
    UPDATE iot_linkagerule r SET queued_at = %(real)s
    FROM iot_linkageedition e
    WHERE e.rule_id = r.id AND e.state = 'published' AND r.enabled
        AND r.judged_until + (e.step_s + e.late_s) * interval '1 second' <= %(now)s
        AND (r.queued_at IS NULL OR r.queued_at < %(lost)s)
    RETURNING r.id, r.priority
"""


def queue_due(now: datetime, *, real_now: datetime) -> int:
    """Ask for a judgement of every rule that has a step to be judged, the most urgent first; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "real": real_now, "lost": real_now - LOST_AFTER})
        due = sorted(cursor.fetchall(), key=lambda row: (row[1], row[0]))
        for number, _ in due:
            bus.defer(JUDGE_JOB, rule=number)
    return len(due)


def judge_rule(rule_id: int, *, now: datetime) -> int:
    """Judge what is due of a rule, in transactions of bounded size; returns how often it fired. now: city time.

    May run twice, and beside another: each step is judged once.
    """
    fired = 0
    for _ in range(MOST_PIECES):
        count, more = _judge_piece(rule_id, now=now)
        fired += count
        if not more:
            break
    LinkageRule.objects.filter(id=rule_id).update(queued_at=None)
    return fired


def _judge_piece(rule_id: int, *, now: datetime) -> tuple[int, bool]:
    """Judge one piece; returns how often the rule fired and whether there is more to judge."""
    with transaction.atomic():
        rule = LinkageRule.objects.select_for_update(skip_locked=True, of=("self",)).filter(id=rule_id).first()
        edition = LinkageEdition.objects.filter(rule_id=rule_id, state=LinkageEdition.State.PUBLISHED).first()
        if rule is None or edition is None or not rule.enabled or rule.judged_until is None:
            return 0, False
        step = edition.step_s * SECOND
        target = (micros(now) - edition.late_s * SECOND) // step * step
        since = _caught_up(rule, target)
        if target <= since:
            return 0, False
        plan = plan_of(rule.organisation_id, edition_text(edition), division_code=rule.division_code)
        room = max(1, MOST_CELLS // max(1, len(plan.reach.members))) * step
        until = min(target, since // step * step + room)
        fired = _judge_stretch(rule, edition, plan, since=since, until=until, now=now)
        rule.judged_until = instant(until)
        rule.save(update_fields=["judged_until", "skipped_at"])
    return fired, until < target


def _caught_up(rule: LinkageRule, target: int) -> int:
    """Return from where to go on; notes on the rule what is passed over."""
    assert rule.judged_until is not None
    since, earliest = micros(rule.judged_until), target - int(MOST_BEHIND.total_seconds()) * SECOND
    if since >= earliest:
        return since
    rule.skipped_at = instant(earliest)
    return earliest


def _judge_stretch(
    rule: LinkageRule, edition: LinkageEdition, plan: Plan, *, since: int, until: int, now: datetime
) -> int:
    subjects = plan.subjects
    before = _standing(rule.id, subjects)
    end_gone(rule, edition, subjects=subjects, at=instant(until), now=now)
    after, happenings = judge(plan, before, since=since, until=until)
    _keep(rule.id, subjects, before, after)
    return write_happenings(rule, edition, happenings, now=now)


def _standing(rule_id: int, subjects: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Standing:
    found = at_rest(len(subjects))
    for subject, phase, since_at in LinkageState.objects.filter(rule_id=rule_id).values_list(
        "subject", "phase", "since_at"
    ):
        place = int(np.searchsorted(subjects, subject))
        if place < len(subjects) and subjects[place] == subject:
            found.phase[place] = phase
            found.since[place] = micros(since_at)
    return found


def _keep(
    rule_id: int, subjects: "np.ndarray[tuple[int], np.dtype[np.int64]]", before: Standing, after: Standing
) -> None:
    changed = np.flatnonzero((before.phase != after.phase) | (before.since != after.since))
    LinkageState.objects.filter(rule_id=rule_id, subject__in=subjects[changed].tolist()).delete()
    LinkageState.objects.bulk_create(
        [
            LinkageState(
                rule_id=rule_id,
                subject=int(subjects[place]),
                phase=int(after.phase[place]),
                since_at=instant(int(after.since[place])),
            )
            for place in changed.tolist()
            if after.phase[place] != NORMAL
        ],
        batch_size=5_000,
    )
