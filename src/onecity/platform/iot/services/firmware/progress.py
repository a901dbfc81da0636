"""How a campaign goes on: devices are told, load, say how it ended; batches follow, failures stop it."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.iot.declare import Argument, Command, Confirmation, ValueKind
from onecity.platform.iot.models import Campaign, CampaignDevice, Device
from onecity.platform.iot.rules.campaigns import too_many_failed
from onecity.platform.iot.services.commands import order_by_platform
from onecity.platform.iot.services.firmware.campaigns import OPEN_STEPS
from onecity.platform.iot.services.life import note_life
from onecity.platform.iot.services.types.products import secret_digest

STEP = CampaignDevice.State
TOLD_AT_ONCE: Final = 500
TOKEN_MARK: Final = "ocf_"
DOWNLOAD: Final = "/api/iot/v1/firmware"
UPGRADE: Final = Command(
    "iot.upgrade_firmware",
    zh("升级固件"),
    arguments=(
        Argument("version", zh("固件版本"), ValueKind.TEXT),
        Argument("size", zh("字节数"), ValueKind.INTEGER),
        Argument("sm3", zh("SM3 摘要"), ValueKind.TEXT),
        Argument("sha256", zh("SHA-256 摘要"), ValueKind.TEXT),
        Argument("signature", zh("SM2 签名"), ValueKind.TEXT),
        Argument("path", zh("下载地址"), ValueKind.TEXT),
        Argument("token", zh("下载令牌"), ValueKind.TEXT),
    ),
    confirmation=Confirmation.ACCEPTED,
    timeout_s=300,
    retries=5,
)
"""How a device is told of its new firmware, through the same queue as any order."""


def advance_campaigns(*, now: datetime, real_now: datetime) -> int:
    """Do what is due for each campaign under way; returns how many devices were told. now: city time."""
    told = 0
    for number in Campaign.objects.filter(state=Campaign.State.RUNNING).order_by("id").values_list("id", flat=True):
        with transaction.atomic():
            told += _advance(number, now=now, real_now=real_now)
    return told


def note_loading(step: CampaignDevice, *, begin: int, sent: int, now: datetime) -> None:
    """Note that a device was sent a range of its firmware. now: city time."""
    received = min(step.campaign.firmware.size, begin + sent)
    open_steps = CampaignDevice.objects.filter(id=step.id, state__in=OPEN_STEPS)
    whole = received >= step.campaign.firmware.size
    open_steps.update(state=STEP.LOADED if whole else STEP.LOADING, received=received, changed_at=now)


def note_ended(device_id: int, *, version: str, error: str, now: datetime) -> None:
    """Note that a device says it has the new firmware (`version`), or why it could not take it (`error`).

    A device that failed is told again as long as the campaign allows. now: city time.
    Raises: NotFound if the device is in no campaign under way.
    """
    with transaction.atomic():
        steps = CampaignDevice.objects.select_for_update(of=("self",)).select_related("campaign__firmware")
        step = steps.filter(device_id=device_id, state__in=OPEN_STEPS).order_by("-id").first()
        if step is None:
            raise NotFound
        firmware = step.campaign.firmware
        if not error and version != firmware.version:
            error = zh("设备上报的版本与固件不一致")
        if error:
            _failed(step, error=error, now=now)
            return
        step.state, step.error, step.changed_at, step.token_digest = STEP.DONE, "", now, ""
        step.save(update_fields=["state", "error", "changed_at", "token_digest"])
        Device.objects.filter(id=device_id).update(firmware_version=firmware.version)
        note_life([device_id], kind="firmware", before=step.before, after=firmware.version, now=now)


def step_for_token(token: str) -> CampaignDevice:
    """Return the device's step that a download token opens.

    Raises: NotFound for a token that is nobody's, or of a campaign that was cancelled.
    """
    steps = CampaignDevice.objects.select_related("campaign__firmware").exclude(token_digest="")
    step = steps.filter(token_digest=secret_digest(token), state__in=OPEN_STEPS).first()
    if step is None:
        raise NotFound
    return step


def _advance(campaign_id: int, *, now: datetime, real_now: datetime) -> int:
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("firmware").get(id=campaign_id)
    if campaign.state != Campaign.State.RUNNING:
        return 0
    steps = CampaignDevice.objects.filter(campaign=campaign)
    late = steps.filter(state__in=[STEP.TOLD, STEP.LOADING, STEP.LOADED])
    for step in late.filter(changed_at__lt=now - timedelta(seconds=campaign.patience_s)).select_related("campaign"):
        _failed(step, error=zh("超时未完成"), now=now)
    counts = steps.aggregate(
        done=Count("id", filter=Q(state=STEP.DONE)),
        failed=Count("id", filter=Q(state=STEP.FAILED)),
        open=Count("id", filter=Q(state__in=OPEN_STEPS)),
        batch=Count("id", filter=Q(state__in=OPEN_STEPS, batch__lte=campaign.batch)),
    )
    if too_many_failed(done=counts["done"], failed=counts["failed"], most=campaign.failed_most):
        campaign.state, campaign.reason = Campaign.State.PAUSED, zh("失败率超过上限，已自动暂停")
    elif not counts["open"]:
        campaign.state, campaign.ended_at = Campaign.State.DONE, now
    elif not counts["batch"]:
        campaign.batch += 1
    campaign.save(update_fields=["state", "reason", "batch", "ended_at"])
    return _tell(campaign, now=now, real_now=real_now) if campaign.state == Campaign.State.RUNNING else 0


def _tell(campaign: Campaign, *, now: datetime, real_now: datetime) -> int:
    waiting = CampaignDevice.objects.select_for_update().filter(
        campaign=campaign, state=STEP.WAITING, batch__lte=campaign.batch
    )
    firmware = campaign.firmware
    steps = list(waiting.order_by("id")[:TOLD_AT_ONCE])
    for step in steps:
        token = TOKEN_MARK + secrets.token_urlsafe(24)
        given = {
            "version": firmware.version,
            "size": firmware.size,
            "sm3": firmware.sm3,
            "sha256": firmware.sha256,
            "signature": firmware.signature,
            "path": f"{DOWNLOAD}/{firmware.id}",
            "token": token,
        }
        patience = timedelta(seconds=campaign.patience_s)
        order_by_platform(step.device_id, command=UPGRADE, arguments=given, now=real_now, wait=patience)
        step.state, step.token_digest, step.changed_at = STEP.TOLD, secret_digest(token), now
        step.tries = F("tries") + 1
        step.save(update_fields=["state", "token_digest", "changed_at", "tries"])
    return len(steps)


def _failed(step: CampaignDevice, *, error: str, now: datetime) -> None:
    """Try again if the campaign allows, from where the download broke off; else the device has failed."""
    again = step.tries < step.campaign.attempts
    step.state = STEP.WAITING if again else STEP.FAILED
    step.error, step.changed_at, step.token_digest = error[:120], now, ""
    step.save(update_fields=["state", "error", "changed_at", "token_digest"])
