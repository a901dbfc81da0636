"""Linkage rules as pages and services tell each other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Literal

ActionKind = Literal["alarm", "case", "message", "command", "webhook"]


@dataclass(frozen=True, slots=True)
class LinkageAction:
    """One thing that is done when a rule fires.

    alarm: severity, text. case: text. message: to (a code of right; whoever holds it where the device stands), text.
    command: command, arguments, target (a device's key, "" for the device itself). webhook: subscription (its id).
    """

    kind: str
    severity: str = ""
    text: str = ""
    to: str = ""
    command: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    target: str = ""
    subscription: str = ""

    def plain(self) -> dict[str, object]:
        """Return what is said, as JSON values; `action_of` gives the action back."""
        return {name: value for name, value in asdict(self).items() if value}


def action_of(stored: Mapping[str, object]) -> LinkageAction:
    """Return a stored action; what is not known, or of another kind, is passed over."""
    names = {item.name: dict if item.name == "arguments" else str for item in fields(LinkageAction)}
    given = {name: value for name, value in stored.items() if name in names and isinstance(value, names[name])}
    return LinkageAction(**{"kind": "", **given})  # type: ignore[arg-type]  # compared with the field's kind just now


@dataclass(frozen=True, slots=True)
class LinkageText:
    """What an edition says. mode: each or together. Devices: of a type, a group, named ones; all that is given counts.

    condition, ending: CEL. parts: the builder's, None for a condition written by hand. Times: seconds.
    """

    condition: str
    mode: str = "each"
    type_code: str = ""
    group_id: int = 0
    device_ids: tuple[int, ...] = ()
    ending: str = ""
    parts: Mapping[str, object] | None = None
    hold_s: int = 0
    end_hold_s: int = 0
    step_s: int = 60
    late_s: int = 30
    actions: tuple[LinkageAction, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class LinkageEditionInfo:
    """One edition of a rule. state: draft, published or superseded. author, publisher: keys of actors."""

    id: int
    rule_id: int
    edition: int
    state: str
    text: LinkageText
    author: str
    created_at: datetime
    published_at: datetime | None
    publisher: str


@dataclass(frozen=True, slots=True)
class LinkageInfo:
    """A rule. published, draft: numbers of its editions, 0 for none. standing: how many of its devices stand fired.

    judged_until: phenomenon time. skipped_at: up to where it gave up to catch up after a standstill.
    """

    id: int
    name: str
    organisation_id: int
    division_code: str
    enabled: bool
    priority: int
    published: int
    draft: int
    judged_until: datetime | None
    skipped_at: datetime | None
    standing: int
    last_fired_at: datetime | None
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """What became of one action. state: waiting, done or failed. result: what it made, such as `iot.alarm:7`."""

    id: int
    place: int
    action: LinkageAction
    state: str
    attempts: int
    text: str
    result: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class FiringInfo:
    """A rule fired. subject: the device, 0 for all together. values: what it saw, by what was asked."""

    id: int
    rule_id: int
    edition: int
    subject: int
    device_id: int
    device_key: str
    device_name: str
    begun_at: datetime
    fired_at: datetime
    ended_at: datetime | None
    values: Mapping[str, float | None]
    failures: int
    created_at: datetime
    outcomes: tuple[OutcomeInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialInfo:
    """An edition tried on past data. result: see `services.linkage.trying`."""

    id: int
    edition_id: int
    since_at: datetime
    until_at: datetime
    state: str
    run_id: int | None
    result: Mapping[str, object]
    created_at: datetime
