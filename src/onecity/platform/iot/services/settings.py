"""Remote settings: staff desire, devices report, the difference is told until there is none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.settings import ShadowInfo
from onecity.platform.iot.declare import Argument, Command, Confirmation, ValueKind
from onecity.platform.iot.models import Device, DeviceCommand, DeviceShadow, ShadowChange
from onecity.platform.iot.permissions import COMMAND_DEVICES
from onecity.platform.iot.registries import type_of
from onecity.platform.iot.rules.arguments import fault_of
from onecity.platform.iot.rules.shadows import delta, effective, fits, merged
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.commands import order_by_platform

WAIT: Final = timedelta(days=30)
APPLY: Final = Command(
    "iot.apply_settings",
    zh("下发设置"),
    arguments=(
        Argument("settings", zh("设置项"), ValueKind.OBJECT),
        Argument("version", zh("期望值版本"), ValueKind.INTEGER),
    ),
    confirmation=Confirmation.ACCEPTED,
    timeout_s=60,
    retries=10,
)
"""How new settings are told to a device: through the same queue as any order, for a month if it has no line."""


class VersionConflict(Conflict):
    """Somebody else changed the desired state meanwhile; look at it again before changing it."""

    code = "iot.shadow_version"
    message = zh("期望值已被他人修改，请刷新后再试")


class TooLarge(Invalid):
    """A state holds at most 500 settings and 32 KB."""

    code = "iot.shadow_too_large"
    message = zh("设置项过多或内容过大")


def desire(
    actor: Actor, *, device_id: int, changes: Mapping[str, object], expected_version: int | None, now: datetime
) -> ShadowInfo:
    """Change what a device is to be set to; null takes a setting away. now: real time.

    expected_version: the desired version that the change was made for; None takes any. The conflict rule is that the
    first change wins and the second must look again. The delta is told to the device; older tellings that still wait
    are taken back.
    Raises: NotFound; VersionConflict; Invalid naming settings that the type does not allow; TooLarge.
    """
    seen = device_for(actor, device_id, permission=COMMAND_DEVICES)
    faults = setting_faults(seen.type_code, changes, edition=seen.type_edition)
    if faults:
        raise Invalid(fields=faults)
    with transaction.atomic():
        shadow = _locked(device_id)
        if expected_version is not None and expected_version != shadow.desired_version:
            raise VersionConflict
        changed = effective(shadow.desired, changes)
        if changed:
            shadow.desired = _kept(merged(shadow.desired, changes))
            shadow.desired_version, shadow.desired_at = shadow.desired_version + 1, now
            _write(shadow, ShadowChange.Side.DESIRED, changed, by=actor.key, now=now)
            details = {"changes": changed, "version": shadow.desired_version}
            identity.record(actor, action="iot.desire_settings", target=f"iot.device:{device_id}", details=details)
            _tell(shadow, now=now)
            tell_changed(seen.key)
    return info(shadow)


def report(device_id: int, *, values: Mapping[str, object], now: datetime) -> ShadowInfo:
    """Take over what a device says it is set to; null takes a setting away. now: real time.

    In the caller's transaction, or one of its own. What the device says stands even where it was desired otherwise: the
    delta then says so until somebody desires something else or the device gives in.
    Raises: TooLarge.
    """
    with transaction.atomic():
        shadow = _locked(device_id)
        changed = effective(shadow.reported, values)
        shadow.reported_at = now
        if changed:
            shadow.reported = _kept(merged(shadow.reported, values))
            shadow.reported_version += 1
            _write(shadow, ShadowChange.Side.REPORTED, changed, by="device", now=now)
            _note_firmware(device_id, changed)
        else:
            shadow.save(update_fields=["reported_at"])
        if not delta(shadow.desired, shadow.reported):
            _take_back(device_id, now=now)
    return info(shadow)


def state_of(device_id: int) -> ShadowInfo:
    """Return a device's shadow; the caller has seen to it that it may be read."""
    shadow = DeviceShadow.objects.filter(device_id=device_id).first()
    return info(shadow) if shadow else ShadowInfo(device_id)


def info(shadow: DeviceShadow) -> ShadowInfo:
    """Return a shadow's row as others see it."""
    return ShadowInfo(
        device_id=shadow.device_id,
        desired=shadow.desired,
        desired_version=shadow.desired_version,
        reported=shadow.reported,
        reported_version=shadow.reported_version,
        told_version=shadow.told_version,
        delta=delta(shadow.desired, shadow.reported),
        desired_at=shadow.desired_at,
        reported_at=shadow.reported_at,
    )


def setting_faults(type_code: str, changes: Mapping[str, object], *, edition: int | None) -> dict[str, str]:
    """Return what the type does not allow: properties of it that are read-only or of another kind or bound.

    Names that the type does not know are settings of the device's own and may hold anything.
    """
    kind = type_of(type_code, edition=edition)
    faults = {}
    for name, value in changes.items():
        observed = kind.observed(name) if kind else None
        if observed is None or value is None:
            continue
        spec = Argument(name, name, observed.kind, "", observed.lowest, observed.highest, observed.choices)
        fault = zh("该属性只读") if not observed.writable else fault_of(spec, value)
        if fault:
            faults[name] = fault
    return faults


def _locked(device_id: int) -> DeviceShadow:
    DeviceShadow.objects.bulk_create([DeviceShadow(device_id=device_id)], ignore_conflicts=True)
    return DeviceShadow.objects.select_for_update().get(device_id=device_id)


def _kept(state: dict[str, object]) -> dict[str, object]:
    if not fits(state):
        raise TooLarge
    return state


def _write(
    shadow: DeviceShadow, side: ShadowChange.Side, changed: Mapping[str, object], *, by: str, now: datetime
) -> None:
    shadow.save()
    version = shadow.desired_version if side == ShadowChange.Side.DESIRED else shadow.reported_version
    ShadowChange.objects.create(
        device_id=shadow.device_id, side=side, version=version, changes=dict(changed), by=by[:60], at=now
    )


def _tell(shadow: DeviceShadow, *, now: datetime) -> None:
    _take_back(shadow.device_id, now=now)
    wanted = delta(shadow.desired, shadow.reported)
    if wanted:
        given = {"settings": wanted, "version": shadow.desired_version}
        order_by_platform(shadow.device_id, command=APPLY, arguments=given, now=now, wait=WAIT)
        shadow.told_version = shadow.desired_version
        shadow.save(update_fields=["told_version"])


def _take_back(device_id: int, *, now: datetime) -> None:
    waiting = DeviceCommand.objects.filter(device_id=device_id, code=APPLY.code, state=DeviceCommand.State.QUEUED)
    waiting.update(state=DeviceCommand.State.CANCELLED, ended_at=now)


def _note_firmware(device_id: int, changed: Mapping[str, object]) -> None:
    """Take a reported firmware version over into the device's row, where lists and campaigns look for it."""
    version = changed.get("firmware_version")
    if isinstance(version, str):
        Device.objects.filter(id=device_id).update(firmware_version=version[:40])
