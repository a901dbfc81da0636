"""Reading a device's history, its settings' history, its children, its certificates, groups and lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DeviceFilter, DeviceInfo, filter_of
from onecity.platform.iot.contracts.settings import ShadowStep
from onecity.platform.iot.models import (
    CampaignDevice,
    ClaimCode,
    DeviceCertificate,
    DeviceGroup,
    DeviceHistory,
    DeviceImport,
    RefusedLine,
    ShadowChange,
)
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.devices import device_info
from onecity.platform.iot.selectors.filters import chosen_devices
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One step of a device's history. at: city time."""

    kind: str
    before: str
    after: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """A device's certificate."""

    id: int
    serial: str
    begins_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A group. filter: of a group by filter; None for one filled by hand."""

    id: int
    name: str
    filter: DeviceFilter | None
    organisation_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """A list of devices that is, or was, registered in the background."""

    id: int
    name: str
    state: str
    run_id: int | None
    total: int
    read: int
    made: int
    known: int
    refused: int
    message: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedInfo:
    """A line that could not be registered."""

    number: int
    values: Mapping[str, str]
    reasons: Mapping[str, str]


def history_of(device_id: int, *, most: int) -> list[LifeStep]:
    """Return a device's newest steps. The caller has asked for the device before."""
    rows = DeviceHistory.objects.filter(device_id=device_id).order_by("-at", "-id")[:most]
    return [LifeStep(row.kind, row.before, row.after, row.reason, row.by, row.at) for row in rows]


def shadow_steps(device_id: int, *, most: int) -> list[ShadowStep]:
    """Return the newest changes of a device's shadow. The caller has asked for the device before."""
    rows = ShadowChange.objects.filter(device_id=device_id).order_by("-at", "-id")[:most]
    return [ShadowStep(row.side, row.version, row.changes, row.by, row.at) for row in rows]


def children_of(actor: Actor, device_id: int, *, most: int) -> list[DeviceInfo]:
    """Return the devices that speak through a gateway device, as far as the actor may see them."""
    rows = chosen_devices(actor, DeviceFilter(parent_id=device_id), permission=VIEW_DEVICES)
    return [device_info(row) for row in rows.order_by("key")[:most]]


def upgrades_of(device_id: int, *, most: int) -> list[CampaignDevice]:
    """Return a device's newest upgrades with their campaigns. The caller has asked for the device before."""
    rows = CampaignDevice.objects.filter(device_id=device_id).select_related("campaign__firmware")
    return list(rows.order_by("-id")[:most])


def certificates_of(device_id: int) -> list[CertificateInfo]:
    """Return a device's certificates, the newest first. The caller has asked for the device before."""
    rows = DeviceCertificate.objects.filter(device_id=device_id).order_by("-begins_at", "-id")[:20]
    return [CertificateInfo(row.id, row.serial, row.begins_at, row.ends_at, row.revoked_at) for row in rows]


def claim_of(device_id: int) -> tuple[str, datetime] | None:
    """Return who claimed a device (or "") and until when its code may be used; None if it has no code."""
    row = ClaimCode.objects.filter(device_id=device_id).first()
    return (row.claimed_by, row.ends_at) if row else None


def groups(actor: Actor, *, after: Cursor | None = None, size: int = 20) -> Page[GroupInfo]:
    """Return groups that the actor may see, newest first."""
    rows = DeviceGroup.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q())
    page = counted_page(rows, after=after, size=size)
    return Page([_group(row) for row in page.rows], page.next, page.count)


def group_for(actor: Actor, group_id: int) -> GroupInfo:
    """Return one group.

    Raises: NotFound.
    """
    row = DeviceGroup.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q(), id=group_id).first()
    if row is None:
        raise NotFound
    return _group(row)


def group_names(actor: Actor) -> list[tuple[str, str]]:
    """Return the groups that the actor may see, for choosing."""
    rows = DeviceGroup.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q()).order_by("name")
    return [(str(row.id), row.name) for row in rows[:200]]


def imports(actor: Actor, *, after: Cursor | None = None, size: int = 20) -> Page[ImportInfo]:
    """Return the actor's own lists, newest first."""
    page = counted_page(DeviceImport.objects.filter(asked_by=actor.key[:60]), after=after, size=size)
    return Page([_import(row) for row in page.rows], page.next, page.count)


def import_for(actor: Actor, import_id: int) -> ImportInfo:
    """Return one of the actor's own lists.

    Raises: NotFound.
    """
    row = DeviceImport.objects.filter(asked_by=actor.key[:60], id=import_id).first()
    if row is None:
        raise NotFound
    return _import(row)


def refused_lines(import_id: int, *, most: int) -> list[RefusedInfo]:
    """Return lines that could not be registered, in the file's order. The caller has asked for the list before."""
    rows = RefusedLine.objects.filter(batch_id=import_id).order_by("number")[:most]
    return [RefusedInfo(row.number, row.values, row.reasons) for row in rows]


def _group(row: DeviceGroup) -> GroupInfo:
    chosen = filter_of(row.filter) if row.kind == DeviceGroup.Kind.FILTER else None
    return GroupInfo(row.id, row.name, chosen, row.organisation_id, row.created_at)


def _import(row: DeviceImport) -> ImportInfo:
    return ImportInfo(
        id=row.id,
        name=row.name,
        state=row.state,
        run_id=row.run_id,
        total=row.total,
        read=row.read,
        made=row.made,
        known=row.known,
        refused=row.refused,
        message=row.message,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
