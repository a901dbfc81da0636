"""Reading types made by staff, and products."""

from django.db.models import Count as DbCount
from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.types import EditionInfo, ProductFacts, ProductInfo
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import AllowedDevice, Device, Product, TypeEdition
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


def editions(*, search: str = "", state: str = "", after: Cursor | None = None, size: int = 20) -> Page[EditionInfo]:
    """Return types made by staff, newest first. state: "" for all but superseded editions."""
    rows = TypeEdition.objects.all()
    rows = rows.filter(state=state) if state else rows.exclude(state=TypeEdition.State.SUPERSEDED)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    page = counted_page(rows, after=after, size=size)
    return Page([edition_info(row) for row in page.rows], page.next, page.count)


def edition(edition_id: int) -> EditionInfo:
    """Return one edition.

    Raises: NotFound.
    """
    row = TypeEdition.objects.filter(id=edition_id).first()
    if row is None:
        raise NotFound
    return edition_info(row)


def editions_of(code: str) -> list[EditionInfo]:
    """Return all editions of a type, the newest first, with how many devices keep each or follow it."""
    rows = list(TypeEdition.objects.filter(code=code).order_by("-edition"))
    kept = Device.objects.filter(type_code=code).values_list("type_edition").annotate(number=DbCount("id")).order_by()
    counts = dict(kept)
    return [edition_info(row, devices=_devices(row, counts)) for row in rows]


def device_count(code: str) -> int:
    """Return how many devices are of a type."""
    return Device.objects.filter(type_code=code).count()


def edition_info(row: TypeEdition, *, devices: int = 0) -> EditionInfo:
    """Return an edition's row as others see it."""
    return EditionInfo(
        id=row.id,
        code=row.code,
        edition=row.edition,
        name=row.name,
        state=row.state,
        content=row.content,
        note=row.note,
        author=row.author,
        created_at=row.created_at,
        published_at=row.published_at,
        devices=devices,
    )


def products(actor: Actor, *, search: str = "", after: Cursor | None = None, size: int = 20) -> Page[ProductInfo]:
    """Return products that the actor may see, newest first."""
    rows = Product.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q())
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(maker__icontains=search) | Q(model__icontains=search))
    page = counted_page(rows, after=after, size=size)
    counts = _product_counts([row.id for row in page.rows])
    return Page([product_info(row, devices=counts.get(row.id, 0)) for row in page.rows], page.next, page.count)


def product_for(actor: Actor, product_id: int) -> ProductInfo:
    """Return one product.

    Raises: NotFound.
    """
    row = Product.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q(), id=product_id).first()
    if row is None:
        raise NotFound
    return product_info(row, devices=_product_counts([row.id]).get(row.id, 0))


def product_names(actor: Actor) -> list[tuple[int, str]]:
    """Return the products that the actor may see, by id, for choosing."""
    rows = Product.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q()).order_by("maker", "model")
    return [(row.id, f"{row.maker} {row.model}") for row in rows]


def product_codes(actor: Actor) -> list[tuple[str, str]]:
    """Return the products that the actor may see, by code, for choosing."""
    rows = Product.objects.filter(identity.row_scope(actor, VIEW_DEVICES).q()).order_by("maker", "model")
    return [(row.code, f"{row.maker} {row.model}") for row in rows]


def belongings_of(device_id: int) -> dict[str, str]:
    """Return code and name of a device's product and the key of its gateway, "" for none."""
    row = Device.objects.select_related("product", "parent").get(id=device_id)
    return {
        "product_code": row.product.code if row.product else "",
        "product_name": f"{row.product.maker} {row.product.model}" if row.product else "",
        "parent_key": row.parent.key if row.parent else "",
    }


def allowed_devices(product_id: int, *, most: int) -> list[tuple[str, str, bool]]:
    """Return (key, name, whether it came) of a product's allow-list, the newest first. The caller knows the product."""
    rows = AllowedDevice.objects.filter(product_id=product_id).order_by("-id")[:most]
    return [(row.key, row.name, row.used_at is not None) for row in rows]


def product_info(row: Product, *, devices: int = 0) -> ProductInfo:
    """Return a product's row as others see it."""
    facts = ProductFacts(
        name=row.name,
        maker=row.maker,
        model=row.model,
        type_code=row.type_code,
        protocol=Protocol(row.protocol),
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        mapping=row.mapping,
        admission=row.admission,
    )
    return ProductInfo(row.id, row.code, facts, row.secret_prefix, row.created_at, devices)


def _product_counts(ids: list[int]) -> dict[int, int]:
    rows = Device.objects.filter(product_id__in=ids).values_list("product_id").annotate(number=DbCount("id")).order_by()
    return {number: count for number, count in rows if number is not None}


def _devices(row: TypeEdition, counts: dict[int | None, int]) -> int:
    following = counts.get(None, 0) if row.state == TypeEdition.State.PUBLISHED else 0
    return counts.get(row.edition, 0) + following
