"""How a warning begins, rises, falls and ends; whoever judges its matter is told when it rises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecity.domains.opinion.events import WARNING_RAISED
from onecity.domains.opinion.models import EarlyWarning, Theme, Watch
from onecity.domains.opinion.permissions import JUDGE
from onecity.domains.opinion.rules.warnings import LEVEL_NAMES
from onecity.kernel import bus
from onecity.kernel.actor import system_actor
from onecity.platform.identity.api import accounts_with_permission, record
from onecity.platform.messages.api import send

RAISED: Final = "opinion.warning"
_JUDGE: Final = system_actor("opinion.judge")


def settle(
    row: EarlyWarning | None,
    *,
    matter: Theme | Watch,
    level: int,
    standing: Mapping[str, int],
    values: Mapping[str, float],
    now: datetime,
) -> None:
    """Let a matter's warning begin, change or end, as its level says. now: city time.

    row: the warning that stands, locked; None without one.
    """
    if level == 0:
        if row is not None:
            end(row, now=now)
        return
    row = row or _begun(matter, now=now)
    has_risen = level > row.level
    row.changed_at = now if level != row.level else row.changed_at
    row.level, row.peak_level = level, max(level, row.peak_level)
    row.standing, row.values = dict(standing), dict(values)
    row.save()
    if has_risen:
        _tell(row, now=now)


def end(row: EarlyWarning, *, now: datetime) -> None:
    """Let a warning end. now: city time."""
    row.cleared_at = now
    row.save(update_fields=["cleared_at"])
    if row.theme_id is not None:
        Theme.objects.filter(id=row.theme_id).update(level=0)
    record(_JUDGE, action="opinion.clear_warning", target=f"opinion.warning:{row.pk}")


def _begun(matter: Theme | Watch, *, now: datetime) -> EarlyWarning:
    return EarlyWarning(
        theme=matter if isinstance(matter, Theme) else None,
        watch=matter if isinstance(matter, Watch) else None,
        title=matter.title if isinstance(matter, Theme) else matter.name,
        organisation_id=matter.organisation_id,
        division_code=matter.division_code if isinstance(matter, Theme) else "",
        level=0,
        peak_level=0,
        raised_at=now,
        changed_at=now,
    )


def _tell(row: EarlyWarning, *, now: datetime) -> None:
    """Say that a warning has begun or risen: to the record, to whoever listens, and to whoever judges its matter."""
    details = {"level": row.level, "values": row.values}
    record(_JUDGE, action="opinion.raise_warning", target=f"opinion.warning:{row.pk}", details=details)
    bus.announce(
        WARNING_RAISED,
        warning_id=row.pk,
        level=row.level,
        title=row.title,
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        at=now.isoformat(),
    )
    judges = accounts_with_permission(JUDGE, organisation_id=row.organisation_id, division_code=row.division_code)
    send(
        _JUDGE,
        to=[item.id for item in judges],
        template=RAISED,
        params={"level": LEVEL_NAMES[row.level], "title": row.title[:60]},
        link="/opinion/warnings",
        now=now,
    )
