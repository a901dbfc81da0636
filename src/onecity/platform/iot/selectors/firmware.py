"""Reading firmware packages and campaigns."""

from django.db.models import Case, When
from django.db.models import Count as DbCount

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.firmware import CampaignInfo, CampaignStep, FirmwareInfo
from onecity.platform.iot.models import Campaign, CampaignDevice, Firmware
from onecity.platform.iot.permissions import MANAGE_FIRMWARE
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


def packages(actor: Actor, *, type_code: str = "", after: Cursor | None = None, size: int = 20) -> Page[FirmwareInfo]:
    """Return packages that the actor may see, newest first."""
    rows = Firmware.objects.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q())
    if type_code:
        rows = rows.filter(type_code=type_code)
    page = counted_page(rows, after=after, size=size)
    return Page([firmware_info(row) for row in page.rows], page.next, page.count)


def package_for(actor: Actor, firmware_id: int) -> FirmwareInfo:
    """Return one package.

    Raises: NotFound.
    """
    row = Firmware.objects.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q(), id=firmware_id).first()
    if row is None:
        raise NotFound
    return firmware_info(row)


def campaigns(actor: Actor, *, state: str = "", after: Cursor | None = None, size: int = 20) -> Page[CampaignInfo]:
    """Return campaigns that the actor may see, newest first."""
    rows = Campaign.objects.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q()).select_related("firmware")
    if state:
        rows = rows.filter(state=state)
    page = counted_page(rows, after=after, size=size)
    counts = _counts([row.id for row in page.rows])
    return Page([_campaign(row, counts.get(row.id, {})) for row in page.rows], page.next, page.count)


def campaign_for(actor: Actor, campaign_id: int) -> CampaignInfo:
    """Return one campaign.

    Raises: NotFound.
    """
    rows = Campaign.objects.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q(), id=campaign_id)
    row = rows.select_related("firmware").first()
    if row is None:
        raise NotFound
    return _campaign(row, _counts([row.id]).get(row.id, {}))


def campaign_steps(campaign_id: int, *, most: int) -> list[CampaignStep]:
    """Return how far a campaign's devices are, failed ones first. The caller has asked for the campaign before."""
    rows = CampaignDevice.objects.filter(campaign_id=campaign_id).select_related("device")
    worst = Case(When(state="failed", then=0), When(state__in=["told", "loading", "loaded"], then=1), default=2)
    return [
        CampaignStep(
            device_id=row.device_id,
            device_key=row.device.key,
            device_name=row.device.name,
            batch=row.batch,
            state=row.state,
            before=row.before,
            tries=row.tries,
            received=row.received,
            error=row.error,
            changed_at=row.changed_at,
        )
        for row in rows.order_by(worst, "id")[:most]
    ]


def firmware_info(row: Firmware) -> FirmwareInfo:
    """Return a package's row as others see it."""
    return FirmwareInfo(
        id=row.id,
        type_code=row.type_code,
        product_id=row.product_id,
        version=row.version,
        name=row.name,
        size=row.size,
        sm3=row.sm3,
        sha256=row.sha256,
        signature=row.signature,
        notes=row.notes,
        state=row.state,
        created_by=row.created_by,
        created_at=row.created_at,
    )


def _campaign(row: Campaign, counts: dict[str, int]) -> CampaignInfo:
    return CampaignInfo(
        id=row.id,
        name=row.name,
        firmware=firmware_info(row.firmware),
        batches=row.batches,
        batch=row.batch,
        failed_most=row.failed_most,
        state=row.state,
        reason=row.reason,
        reverts_id=row.reverts_id,
        created_by=row.created_by,
        created_at=row.created_at,
        ended_at=row.ended_at,
        counts=counts,
    )


def _counts(ids: list[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = CampaignDevice.objects.filter(campaign_id__in=ids).values_list("campaign_id", "state")
    for number, state, count in rows.annotate(number=DbCount("id")).order_by():
        found.setdefault(number, {})[state] = count
    return found
