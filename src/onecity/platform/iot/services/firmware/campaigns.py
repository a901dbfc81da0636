"""Campaigns: made for chosen devices, started, paused, resumed, ended, rolled back."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.filters import DeviceFilter
from onecity.platform.iot.contracts.firmware import NewCampaign
from onecity.platform.iot.models import Campaign, CampaignDevice, Device, Firmware
from onecity.platform.iot.permissions import MANAGE_FIRMWARE
from onecity.platform.iot.rules.campaigns import batch_of, checked_batches
from onecity.platform.iot.selectors.filters import chosen_devices

STATE = Campaign.State
STEP = CampaignDevice.State
MOST_DEVICES: Final = 200_000
OPEN_STEPS: Final = (STEP.WAITING, STEP.TOLD, STEP.LOADING, STEP.LOADED)


class NotThatState(Conflict):
    """The campaign does not stand where this can be done."""

    code = "iot.campaign_state"
    message = zh("升级任务当前的状态不能进行此操作")


def make_campaign(actor: Actor, *, new: NewCampaign, chosen: DeviceFilter, now: datetime) -> int:
    """Make a campaign for the chosen devices of the firmware's type and product and return its id. now: city time.

    Devices that have the version already, are out of service or in another campaign under way are left out.
    Raises: NotFound; Invalid.
    """
    firmware = Firmware.objects.filter(
        identity.row_scope(actor, MANAGE_FIRMWARE).q(), id=new.firmware_id, state=Firmware.State.READY
    ).first()
    if firmware is None:
        raise NotFound
    _check(new)
    rows = chosen_devices(actor, chosen, permission=MANAGE_FIRMWARE).filter(type_code=firmware.type_code)
    if firmware.product_id:
        rows = rows.filter(product_id=firmware.product_id)
    busy = CampaignDevice.objects.filter(state__in=OPEN_STEPS).exclude(
        campaign__state__in=[STATE.DONE, STATE.CANCELLED]
    )
    rows = rows.exclude(state=Device.State.RETIRED).exclude(firmware_version=firmware.version)
    rows = rows.exclude(id__in=busy.values("device_id")).order_by("id")
    found = list(rows.values_list("id", "firmware_version")[: MOST_DEVICES + 1])
    if not found or len(found) > MOST_DEVICES:
        raise Invalid(zh("所选范围内应有1至200000台可升级的设备"))
    return _made(actor, new, firmware, found, now=now)


def start_campaign(actor: Actor, *, campaign_id: int, now: datetime) -> None:
    """Start a campaign, or go on with a paused one; its devices are told by `services.firmware.progress`.

    Raises: NotFound; NotThatState.
    """
    _turn(actor, campaign_id, {STATE.DRAFT, STATE.PAUSED}, to=STATE.RUNNING, action="iot.start_campaign", now=now)


def pause_campaign(actor: Actor, *, campaign_id: int, reason: str, now: datetime) -> None:
    """Tell no further devices; downloads under way go on.

    Raises: NotFound; NotThatState.
    """
    _turn(actor, campaign_id, {STATE.RUNNING}, to=STATE.PAUSED, action="iot.pause_campaign", now=now, reason=reason)


def cancel_campaign(actor: Actor, *, campaign_id: int, now: datetime) -> None:
    """End a campaign: devices that have not begun keep what they have, and download tokens are void.

    Raises: NotFound; NotThatState.
    """
    with transaction.atomic():
        ends = {STATE.DRAFT, STATE.RUNNING, STATE.PAUSED}
        _turn(actor, campaign_id, ends, to=STATE.CANCELLED, action="iot.cancel_campaign", now=now)
        left = CampaignDevice.objects.filter(campaign_id=campaign_id, state__in=OPEN_STEPS)
        left.update(state=STEP.LEFT_OUT, token_digest="", changed_at=now)


def roll_back(actor: Actor, *, campaign_id: int, now: datetime) -> int:
    """Bring the devices that a campaign changed back to what they had; returns the id of the campaign that does so.

    The first campaign ends. Devices go back to the version that most of them had and that is still at hand: those that
    had another are left as they are.
    Raises: NotFound; NotThatState if nothing can be rolled back.
    """
    row = _campaign(actor, campaign_id)
    changed = CampaignDevice.objects.filter(campaign_id=campaign_id, state=STEP.DONE)
    versions: dict[str, list[int]] = {}
    for device_id, before in changed.values_list("device_id", "before").order_by("device_id"):
        versions.setdefault(before, []).append(device_id)
    ready = Firmware.objects.filter(
        type_code=row.firmware.type_code, product=row.firmware.product, state=Firmware.State.READY
    )
    packages = {item.version: item for item in ready if versions.get(item.version)}
    if not packages:
        raise NotThatState(zh("没有可以回退的设备，或原版本的固件已不在库中"))
    version = max(packages, key=lambda item: len(versions[item]))
    with transaction.atomic():
        if row.state not in {STATE.DONE, STATE.CANCELLED}:
            cancel_campaign(actor, campaign_id=campaign_id, now=now)
        new = NewCampaign(f"{row.name}（回退）"[:80], packages[version].id, (100,), 100, row.attempts, row.patience_s)
        found = [(number, row.firmware.version) for number in versions[version]]
        made = _made(actor, new, packages[version], found, now=now, reverts=row)
        _turn(actor, made, {STATE.DRAFT}, to=STATE.RUNNING, action="iot.start_campaign", now=now)
    return made


def _made(
    actor: Actor,
    new: NewCampaign,
    firmware: Firmware,
    found: list[tuple[int, str]],
    *,
    now: datetime,
    reverts: Campaign | None = None,
) -> int:
    shares = checked_batches(new.batches)
    with transaction.atomic():
        made = Campaign.objects.create(
            name=new.name.strip()[:80],
            firmware=firmware,
            reverts=reverts,
            batches=shares,
            failed_most=new.failed_most,
            attempts=new.attempts,
            patience_s=new.patience_s,
            organisation_id=actor.organisation_id,
            created_by=actor.key[:60],
            created_at=now,
        )
        CampaignDevice.objects.bulk_create(
            [
                CampaignDevice(
                    campaign=made,
                    device_id=number,
                    batch=batch_of(place, total=len(found), shares=shares),
                    before=before,
                    changed_at=now,
                )
                for place, (number, before) in enumerate(found)
            ],
            batch_size=2_000,
        )
        details = {"firmware": firmware.version, "devices": len(found), "reverts": reverts.id if reverts else None}
        identity.record(actor, action="iot.make_campaign", target=f"iot.campaign:{made.id}", details=details)
    return made.id


def _turn(
    actor: Actor,
    campaign_id: int,
    begins: set[Campaign.State],
    *,
    to: Campaign.State,
    action: str,
    now: datetime,
    reason: str = "",
) -> None:
    with transaction.atomic():
        row = _campaign(actor, campaign_id)
        if row.state not in begins:
            raise NotThatState
        row.state, row.reason = to, reason[:200]
        row.ended_at = now if to == STATE.CANCELLED else None
        row.save(update_fields=["state", "reason", "ended_at"])
        identity.record(actor, action=action, target=f"iot.campaign:{campaign_id}", details={"reason": reason[:200]})


def _campaign(actor: Actor, campaign_id: int) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("firmware")
    row = rows.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q(), id=campaign_id).first()
    if row is None:
        raise NotFound
    return row


def _check(new: NewCampaign) -> None:
    checked_batches(new.batches)
    checks = (
        ("name", 1 <= len(new.name.strip()) <= 80, zh("应为1至80个字")),
        ("failed_most", 0 <= new.failed_most <= 100, zh("应在0至100之间")),
        ("attempts", 1 <= new.attempts <= 20, zh("应在1至20之间")),
        ("patience_s", 60 <= new.patience_s <= 30 * 86_400, zh("应在1分钟至30天之间")),
    )
    faults = {field: text for field, holds, text in checks if not holds}
    if faults:
        raise Invalid(fields=faults)
