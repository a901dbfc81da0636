"""Made-up outlines: they fill their parent, never overlap, and come out the same each time."""

import pytest
from django.db import connection

from onecity.platform.geo.models import Division
from onecity.platform.geo.services.territories import generate_boundaries
from onecity.platform.geo.tests.factories import ACTOR, CITY, COUNTY, make_city, make_division, patch
from onecity.platform.identity.tests.factories import AuditEntry
from onecity.platform.jobs.tests.factories import Cancelled, Unwatched

pytestmark = pytest.mark.django_db
HAIR = 1e-6
"""Share of the ground: strips of a millimetre, because what is straight in the plane is not in degrees."""


def draw(**options: object) -> int:
    return generate_boundaries(ACTOR, city_code=CITY, progress=Unwatched(), **options).made  # type: ignore[arg-type]


def shapes() -> dict[str, str]:
    return {row.code: shape(row) for row in Division.objects.order_by("code")}


def shape(row: Division) -> str:
    return str(row.geom.hexewkb) if row.geom else ""


def ask(sql: str, *values: object) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]
        return float(cursor.fetchone()[0] or 0)


def overlap(level: int) -> float:
    """Return the share of a level's ground that two divisions both hold."""
    return ask(
        "SELECT sum(ST_Area(ST_Intersection(a.geom, b.geom)::geography)) FROM geo_division a JOIN geo_division b"
        " ON a.level = b.level AND a.id < b.id AND ST_Intersects(a.geom, b.geom) WHERE a.level = %s",
        level,
    ) / area_m2("", level)


def area_m2(prefix: str, level: int) -> float:
    return ask(
        "SELECT sum(ST_Area(geom::geography)) FROM geo_division WHERE code LIKE %s AND level = %s", f"{prefix}%", level
    )


def make_county(code: str = COUNTY, *, column: float = 0, streets: int = 4, communities: int = 3) -> None:
    make_division(code, f"区{code}", geometry=patch(column, 0, wide=10, high=10))
    for number in range(1, streets + 1):
        make_division(f"{code}{number:03}")
        for place in range(1, communities + 1):
            make_division(f"{code}{number:03}{place:03}")


@pytest.fixture
def county() -> None:
    make_city()
    make_division(CITY)
    make_county()


@pytest.mark.usefixtures("county")
def test_children_fill_their_parent_without_overlap() -> None:
    assert draw() == 4 + 12
    whole = area_m2(COUNTY, 3)
    assert area_m2(COUNTY, 4) == pytest.approx(whole, rel=1e-5)
    assert area_m2(COUNTY, 5) == pytest.approx(whole, rel=1e-5)
    assert overlap(4) < HAIR
    assert overlap(5) < HAIR
    assert set(Division.objects.filter(level__gte=4).values_list("is_synthetic", flat=True)) == {True}


@pytest.mark.usefixtures("county")
def test_same_input_gives_the_same_outlines() -> None:
    draw()
    first = shapes()
    Division.objects.filter(level__gte=4).update(geom=None, is_synthetic=False)
    draw()
    assert shapes() == first


@pytest.mark.usefixtures("county")
def test_second_run_has_nothing_to_do() -> None:
    draw()
    entries = AuditEntry.objects.count()
    assert draw() == 0
    assert AuditEntry.objects.count() == entries


@pytest.mark.usefixtures("county")
def test_surveyed_outline_is_never_touched_and_its_ground_not_given_out() -> None:
    surveyed = f"{COUNTY}001"
    make_division(surveyed, geometry=patch(wide=5, high=5))
    before = shape(Division.objects.get(code=surveyed))
    draw()
    kept = Division.objects.get(code=surveyed)
    assert (shape(kept), kept.is_synthetic) == (before, False)
    assert overlap(4) < HAIR


@pytest.mark.usefixtures("county")
def test_city_without_outline_gets_the_union_of_its_counties() -> None:
    draw()
    city = Division.objects.get(code=CITY)
    assert not city.is_synthetic
    assert area_m2(CITY, 2) == pytest.approx(area_m2(COUNTY, 3), rel=1e-9)


def test_only_child_is_the_whole_parent() -> None:
    make_city()
    make_county(streets=1, communities=1)
    draw()
    assert area_m2(COUNTY, 4) == pytest.approx(area_m2(COUNTY, 3), rel=1e-5)


def test_streets_of_a_development_zone_lie_in_their_host() -> None:
    make_city()
    make_county(streets=3)
    make_division("220171", "开发区")
    for number in (1, 2):
        make_division(f"220171{number:03}")
    draw(hosts={"220171": COUNTY})
    assert overlap(4) < HAIR
    assert area_m2(COUNTY, 4) + area_m2("220171", 4) == pytest.approx(area_m2(COUNTY, 3), rel=1e-5)
    zone = Division.objects.get(code="220171")
    assert zone.is_synthetic
    assert area_m2("220171", 3) == pytest.approx(area_m2("220171", 4), rel=1e-5)


def test_ground_claimed_by_two_counties_goes_to_the_lower_code() -> None:
    make_city()
    make_county(COUNTY)
    make_county("220105", column=9.9)
    draw()
    assert overlap(3) > 1e-3
    assert overlap(4) < HAIR
    assert area_m2(COUNTY, 4) == pytest.approx(area_m2(COUNTY, 3), rel=1e-5)


def test_towns_stay_out_of_the_built_up_area_where_there_is_room() -> None:
    make_city(patch(wide=5, high=10))
    make_county(streets=3, communities=0)
    for number in (101, 102):
        make_division(f"{COUNTY}{number}")
    draw()
    inside = ask(
        "SELECT count(*) FROM geo_division d, geo_city c"
        " WHERE d.level = 4 AND substr(d.code, 7, 1) = '0' AND ST_Intersects(ST_Centroid(d.geom), c.built_up)"
    )
    outside = ask(
        "SELECT count(*) FROM geo_division d, geo_city c"
        " WHERE d.level = 4 AND substr(d.code, 7, 1) = '1' AND NOT ST_Intersects(ST_Centroid(d.geom), c.built_up)"
    )
    assert (inside, outside) == (3, 2)


def test_parent_that_is_too_small_for_its_children_keeps_them_without_outline() -> None:
    make_city()
    make_division(COUNTY, geometry=patch(wide=0.1, high=0.1))  # about 0.9 hectares for three
    for number in (1, 2, 3):
        make_division(f"{COUNTY}{number:03}")
    assert draw() == 0
    assert Division.objects.filter(level=4, geom__isnull=False).count() == 0


def test_counties_themselves_are_drawn_where_only_the_city_has_an_outline() -> None:
    make_city()
    make_division(CITY, geometry=patch(-10, -10, wide=30, high=30), is_synthetic=True)
    for code in ("220102", "220103", "220121"):
        make_division(code)
    assert draw() == 3
    assert overlap(3) < HAIR
    assert area_m2("2201", 3) == pytest.approx(area_m2(CITY, 2), rel=1e-5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("county")
def test_cancelled_run_keeps_what_is_done_and_another_run_finishes() -> None:
    class Impatient:
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            if total == 4 and done == 2:  # two of four streets have their communities
                raise Cancelled

    with pytest.raises(Cancelled):
        generate_boundaries(ACTOR, city_code=CITY, progress=Impatient())
    assert Division.objects.filter(level=5, geom__isnull=False).count() == 6
    assert draw() == 6
