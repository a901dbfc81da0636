"""Reading places: buildings with their units and residents, land, resources, and the files that brought them."""

from typing import Final, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.patterns import like_literal
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.places import BuildingInfo, LandInfo
from onecity.platform.registers.models import Building, LandParcel, NaturalResource, PlaceFile, Room
from onecity.platform.registers.permissions import MAINTAIN_PLACES, VIEW_PLACES
from onecity.platform.registers.rules.words import pairs
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Page

Land = TypeVar("Land", LandParcel, NaturalResource)
_RESIDENTS: Final = """
    SELECT count(DISTINCT p.id) FROM registers_personaddress a
    JOIN registers_person p ON p.registered_address_id = a.id OR p.actual_address_id = a.id
    WHERE a.division_code = %s AND (a.text = %s OR a.text LIKE %s) AND p.status = 'alive'
"""
COMMUNITY: Final = 12
"""Digits of a community's code; a unit grid's code has three more."""


def buildings(actor: Actor, query: Query) -> Page[BuildingInfo]:
    """Return buildings that the actor may see, newest first. Filter: use."""
    rows = Building.objects.filter(identity.row_scope(actor, VIEW_PLACES).q(), ended_on__isnull=True)
    if query.filters.get("use"):
        rows = rows.filter(use=query.filters["use"])
    if query.search:
        found = Q(code__startswith=query.search) | Q(address__icontains=query.search)
        words = pairs(query.search)
        named = Q(words__contains=words, name__icontains=query.search) if words else Q(name__startswith=query.search)
        rows = rows.filter(found | named)
    page = _page(rows.select_related("source"), query)
    return Page([building_info(row) for row in page.rows], page.next)


def building_for(actor: Actor, building_id: int, *, permission: str = VIEW_PLACES) -> Building:
    """Return a building.

    Raises: NotFound if there is none, or the actor may not see it with this permission.
    """
    rows = Building.objects.filter(identity.row_scope(actor, permission).q(), id=building_id)
    row = rows.select_related("source").first()
    if row is None:
        raise NotFound
    return row


def rooms_of(building_id: int) -> list[Room]:
    """Return a building's units, by stairwell, from the top floor down."""
    return list(Room.objects.filter(building_id=building_id).order_by("stairwell", "-floor", "number"))


def residents_at(row: Building) -> int | None:
    """Return how many people are registered or live at a building's address; None for one without an address.

    A number only: who they are is the population register's to say.
    """
    if not row.address:
        return None
    escaped = like_literal(row.address)
    with connection.cursor() as cursor:
        cursor.execute(_RESIDENTS, [row.division_code[:COMMUNITY], row.address, f"{escaped}%"])
        return int(cursor.fetchone()[0])


def parcels(actor: Actor, query: Query) -> Page[LandInfo]:
    """Return parcels of land that the actor may see, newest first. Filter: use, the first two digits of the class."""
    rows = _land(LandParcel.objects.all(), actor, query)
    if query.filters.get("use"):
        rows = rows.filter(use_code__startswith=query.filters["use"])
    page = _page(rows.select_related("source"), query)
    return Page([_info(row, row.use_code) for row in page.rows], page.next)


def resources(actor: Actor, query: Query) -> Page[LandInfo]:
    """Return natural resources that the actor may see, newest first. Filter: use, the kind."""
    rows = _land(NaturalResource.objects.all(), actor, query)
    if query.filters.get("use"):
        rows = rows.filter(kind=query.filters["use"])
    page = _page(rows.select_related("source"), query)
    return Page([_info(row, row.kind) for row in page.rows], page.next)


def parcel_for(actor: Actor, parcel_id: int) -> LandParcel:
    """Return a parcel. Raises: NotFound."""
    return _one(LandParcel.objects.select_related("source"), actor, parcel_id)


def resource_for(actor: Actor, resource_id: int) -> NaturalResource:
    """Return a natural resource. Raises: NotFound."""
    return _one(NaturalResource.objects.select_related("source"), actor, resource_id)


def place_files(actor: Actor, query: Query) -> Page[PlaceFile]:
    """Return files of places that the actor may see, newest first."""
    scope = identity.row_scope(actor, VIEW_PLACES)
    rows = (
        PlaceFile.objects.all()
        if scope.everything
        else PlaceFile.objects.filter(organisation_id__in=scope.organisation_ids)
    )
    return _page(rows, query)


def may_maintain(actor: Actor, *, organisation_id: int, division_code: str = "") -> bool:
    """Say whether the actor may write places of an organisation or division."""
    keys = identity.row_keys(organisation_id=organisation_id, division_code=division_code)
    return bool({*keys, EVERYTHING} & actor.scopes(MAINTAIN_PLACES))


def building_info(row: Building) -> BuildingInfo:
    """Return a building's row as others see it."""
    return BuildingInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        use=row.use,
        address=row.address,
        longitude=row.location.x,
        latitude=row.location.y,
        division_code=row.division_code,
        organisation_id=row.organisation_id,
        floors_above=row.floors_above,
        floors_below=row.floors_below,
        built_year=row.built_year,
        area_m2=row.area_m2,
        source_name=row.source.name,
        observed_at=row.observed_at,
        is_made_up=row.is_made_up,
        created_at=row.created_at,
    )


Row = TypeVar("Row", Building, LandParcel, NaturalResource, PlaceFile)


def _page(rows: QuerySet[Row], query: Query) -> Page[Row]:
    return page_of(rows, after=query.after, size=query.size)


def _land(rows: QuerySet[Land], actor: Actor, query: Query) -> QuerySet[Land]:
    rows = rows.filter(identity.row_scope(actor, VIEW_PLACES).q(), ended_on__isnull=True)
    return rows.filter(Q(code__startswith=query.search) | Q(name__icontains=query.search)) if query.search else rows


def _one(rows: QuerySet[Land], actor: Actor, row_id: int) -> Land:
    row = rows.filter(identity.row_scope(actor, VIEW_PLACES).q(), id=row_id).first()
    if row is None:
        raise NotFound
    return row


def _info(row: LandParcel | NaturalResource, use: str) -> LandInfo:
    return LandInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        use=use,
        area_m2=row.area_m2,
        division_code=row.division_code,
        organisation_id=row.organisation_id,
        source_name=row.source.name,
        is_made_up=row.is_made_up,
        created_at=row.created_at,
    )
