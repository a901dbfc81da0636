"""The smallest valid rules, and readings for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.tests.factories import Organisation
from onecity.platform.iot.contracts.linkage import LinkageAction, LinkageText
from onecity.platform.iot.models import Datastream, Device, LinkageFiring, LinkageRule
from onecity.platform.iot.services.linkage.editing import make_rule
from onecity.platform.iot.services.linkage.judging import judge_rule
from onecity.platform.iot.services.linkage.publishing import publish
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device

SYSTEM = system_actor("test")
MINUTE = timedelta(minutes=1)
ALARM = LinkageAction("alarm", severity="major", text="{device}：{values}")


def linkage(condition: str = 'last("pm2_5") > 100.0', **said: object) -> LinkageText:
    """Return what a simple rule over test stations says."""
    text = LinkageText(condition, type_code="gauge.air", late_s=0, actions=(ALARM,))
    return replace(text, **said)  # type: ignore[arg-type]  # fields of the class, named by the tests


def made(organisation: Organisation, text: LinkageText | None = None, *, name: str = "扬尘联动") -> int:
    """Make a rule with a draft."""
    return make_rule(SYSTEM, name=name, organisation_id=organisation.id, text=text or linkage(), now=NOW)


def in_force(
    organisation: Organisation, text: LinkageText | None = None, *, actor: Actor = SYSTEM, name: str = "扬尘联动"
) -> int:
    """Make a rule and put it into force at `NOW`; returns its id."""
    number = made(organisation, text, name=name)
    publish(actor, rule_id=number, now=NOW)
    return number


def station(organisation: Organisation, *properties: str, key: str = "") -> tuple[Device, list[Datastream]]:
    """Make a test station with datastreams."""
    device = make_device(key, organisation=organisation)
    return device, [make_datastream(device, property_code=code) for code in properties or ("pm2_5",)]


def read(
    stream: Datastream, *values: tuple[float, float | None], quality: str = "N", now: datetime | None = None
) -> None:
    """Record readings: (minutes after `NOW`, value)."""
    rows = [(stream.id, NOW + minutes * MINUTE, value) for minutes, value in values]
    Store().record([make_batch(*rows, quality=quality)], now=now or max(row[1] for row in rows))


def judge_at(rule_id: int, minutes: float) -> int:
    """Judge what is due so many minutes after `NOW`."""
    return judge_rule(rule_id, now=NOW + minutes * MINUTE)


def fired(rule_id: int) -> Sequence[tuple[int, float, float | None]]:
    """Return (subject, minutes of firing, minutes of end) of each firing, in order."""
    rows = LinkageFiring.objects.filter(rule_id=rule_id).order_by("fired_at", "subject")
    return [(row.subject, _minutes(row.fired_at), _minutes(row.ended_at)) for row in rows]  # type: ignore[misc]


def judged_until(rule_id: int) -> float | None:
    """Return up to how many minutes after `NOW` a rule was judged."""
    return _minutes(LinkageRule.objects.get(id=rule_id).judged_until)


def _minutes(at: datetime | None) -> float | None:
    return None if at is None else (at - NOW) / MINUTE


class Heard(Protocol):
    """The fixture `heard`: what was announced and deferred."""

    events: list[tuple[str, dict[str, object]]]
    jobs: list[tuple[str, dict[str, object]]]
