"""Unit grids: no overlap, no gap, one community each, numbers from the west and from the north."""

from datetime import date
from itertools import pairwise

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onecity.kernel import clock
from onecity.kernel.coordinates.gauss_kruger import projected
from onecity.kernel.coordinates.points import Wgs84
from onecity.kernel.identifiers.grid_code import parse_grid_code
from onecity.platform.geo.contracts import GeoJSON
from onecity.platform.geo.models import GridCell
from onecity.platform.geo.services.drawing import start_generating_grid
from onecity.platform.geo.services.grids import GRAIN_M, TooManyCells, generate_grid, remove_generated_grid
from onecity.platform.geo.tests.factories import (
    ACTOR,
    CITY,
    COMMUNITY,
    COUNTY,
    DAY,
    SOUTH,
    STREET,
    WEST,
    make_area,
    make_cell,
    make_city,
    make_division,
    make_tree,
    patch,
)
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.tests.factories import Cancelled, Unwatched

pytestmark = pytest.mark.django_db
HAIR_M2 = 0.1
"""A strip of a millimetre along a cell: what is straight in the plane is not in degrees."""


def draw(code: str = CITY) -> int:
    return generate_grid(ACTOR, division_code=code, day=DAY, progress=Unwatched(), is_synthetic=True).made


def ask(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0] or 0)


def overlap_m2() -> float:
    return ask(
        "SELECT max(ST_Area(ST_Intersection(a.geom, b.geom)::geography)) FROM geo_gridcell a JOIN geo_gridcell b"
        " ON a.id < b.id AND a.geom && b.geom AND ST_Relate(a.geom, b.geom, '2********')"
    )


def gap_m2() -> float:
    """Return the built-up ground of communities that no cell covers."""
    return ask(
        "SELECT ST_Area(ST_Difference(ground, ST_Union(g.geom))::geography) FROM geo_gridcell g, ("
        " SELECT ST_Intersection(ST_Union(d.geom), c.built_up) AS ground FROM geo_division d, geo_city c"
        " WHERE d.level = 5 GROUP BY c.built_up) AS city GROUP BY ground"
    )


def astray_m() -> float:
    """Return how far a cell reaches out of its community: the widest strip along a whole outline, metres."""
    return ask(
        "SELECT max(ST_Area(ST_Difference(g.geom, d.geom)::geography) / ST_Perimeter(g.geom::geography))"
        " FROM geo_gridcell g JOIN geo_division d ON d.code = g.division_code"
    )


def wedge(*corners: tuple[float, float]) -> GeoJSON:
    ring = [[WEST + column / 100, SOUTH + row / 100] for column, row in [*corners, corners[0]]]
    return GeoJSON(orjson.dumps({"type": "Polygon", "coordinates": [ring]}).decode())


def test_cells_fill_the_built_up_part_of_a_community() -> None:
    make_tree()
    made = draw()
    assert made == GridCell.objects.count()
    assert made == pytest.approx(2 * 0.803 * 2 * 1.111 * 100, rel=0.15)  # square kilometres in hectares
    assert overlap_m2() < HAIR_M2
    assert gap_m2() < HAIR_M2 * made
    assert astray_m() < GRAIN_M


def test_full_squares_are_a_hectare_and_none_is_much_larger() -> None:
    make_tree(community=patch(wide=1, high=1))
    draw()
    areas = list(GridCell.objects.values_list("area_m2", flat=True))
    assert max(areas) < 15_000
    assert sorted(areas)[len(areas) // 2] == pytest.approx(10_000, rel=1e-6)


def test_numbers_run_from_west_to_east_then_from_north_to_south() -> None:
    make_tree(community=patch(wide=0.5, high=0.5))
    draw()
    cells = list(GridCell.objects.order_by("code"))
    assert [cell.code for cell in cells] == [f"{COMMUNITY}{number:03}" for number in range(1, len(cells) + 1)]
    places = [projected(Wgs84(cell.centre.x, cell.centre.y), epsg=4551) for cell in cells]
    rows = 1
    for before, after in pairwise(places):
        if after.easting_m > before.easting_m:
            assert abs(after.northing_m - before.northing_m) < 75  # the same row
        else:
            assert after.northing_m < before.northing_m - 25  # the next row, further south
            rows += 1
    assert 4 <= rows <= 7  # 0.005° of latitude are 556 m


def test_code_is_community_and_sequence() -> None:
    make_tree(community=patch(wide=0.5, high=0.5))
    draw()
    code = parse_grid_code(GridCell.objects.first().code)  # type: ignore[union-attr]
    assert (code.community.value, code.sequence) == (COMMUNITY, 1)


@given(
    cuts=st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), min_size=2, max_size=2),
    tilt=st.floats(-0.3, 0.3),
    overlap=st.floats(0, 0.02),
)
@example(cuts=[(0.7203863024744156, 0.15625), (0.5, 0.5)], tilt=0.11670836690774677, overlap=0.0)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_never_overlap_nor_leave_a_gap_whatever_the_communities(
    cuts: list[tuple[float, float]], tilt: float, overlap: float
) -> None:
    """Two communities share a crooked border, a third lies above; their outlines may overlap a little."""
    GridCell.objects.all().delete()
    (low, middle), (high, _) = cuts
    make_city(patch(wide=1, high=1.5))
    make_division(COUNTY, geometry=patch(-5, -5, wide=20, high=20))
    make_division(STREET, geometry=patch(wide=1, high=1.5))
    border = [(low, 0.0), (middle + tilt * 0.3, 0.5), (high, 1.0)]
    make_division(f"{STREET}001", geometry=wedge((0, 0), *[(x + overlap, y) for x, y in border], (0, 1)))
    make_division(f"{STREET}002", geometry=wedge((1, 0), (1, 1), *border[::-1]))
    make_division(f"{STREET}003", geometry=wedge((0, 1 - overlap), (1, 1 - overlap), (1, 1.5), (0, 1.5)))
    made = draw()
    assert overlap_m2() < HAIR_M2
    assert gap_m2() < max(200.0, HAIR_M2 * made)  # a scrap below 100 m² without a neighbour is left out
    assert astray_m() < GRAIN_M


def test_community_that_needs_more_than_three_digits_is_refused_by_name() -> None:
    make_tree(community=patch(wide=4.4, high=4.4))
    make_city(patch(wide=4.4, high=4.4))
    with pytest.raises(TooManyCells) as caught:
        draw()
    assert COMMUNITY in str(caught.value)
    assert GridCell.objects.count() == 0


def test_community_with_cells_keeps_them() -> None:
    make_tree(community=patch(wide=1, high=1))
    make_cell(f"{COMMUNITY}007")
    assert draw() == 0
    assert GridCell.objects.count() == 1


def test_ended_cells_do_not_hold_a_community_but_their_numbers_stay_taken() -> None:
    make_tree(community=patch(wide=0.4, high=0.4))
    make_cell(f"{COMMUNITY}001", ended=date(2024, 1, 1))
    made = draw()
    codes = list(GridCell.objects.filter(end_date__isnull=True).order_by("code").values_list("code", flat=True))
    assert made == len(codes)
    assert codes[0] == f"{COMMUNITY}002"


def test_only_below_the_division_asked_for() -> None:
    make_tree()
    make_division("220105001", geometry=patch(wide=4, high=4))
    make_division("220105001001", geometry=patch(2.5, 2.5))
    draw("220105")
    assert set(GridCell.objects.values_list("division_code", flat=True)) == {"220105001001"}


def test_outside_the_built_up_area_nothing_is_drawn() -> None:
    make_tree(community=patch(8, 8))
    assert draw() == 0


def test_land_use_is_that_of_the_base_map_at_the_middle() -> None:
    make_tree(community=patch(wide=1, high=1))
    make_area("green", geometry=patch(wide=0.5, high=1))
    draw()
    west = GridCell.objects.filter(centre__within=GridCell.objects.first().geom).first()  # type: ignore[union-attr]
    assert west is not None
    uses = {
        cell.centre.x < WEST + 0.004: cell.land_use
        for cell in GridCell.objects.all()
        if abs(cell.centre.x - WEST - 0.005) > 0.0015
    }
    assert uses == {True: "green", False: ""}


def test_generated_cells_can_be_taken_out_again() -> None:
    make_tree(community=patch(wide=1, high=1))
    made = draw()
    assert remove_generated_grid(ACTOR, division_code=COUNTY) == made
    assert remove_generated_grid(ACTOR, division_code=COUNTY) == 0
    assert draw() == made


@pytest.mark.django_db(transaction=True)
def test_cancelled_run_keeps_whole_streets_and_another_run_finishes() -> None:
    make_tree(community=patch(wide=0.5, high=0.5))
    make_division("220104002", geometry=patch(1, wide=1))
    make_division("220104002001", geometry=patch(1, wide=0.5, high=0.5))

    class Impatient:
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            if done == 1:
                raise Cancelled

    with pytest.raises(Cancelled):
        generate_grid(ACTOR, division_code=CITY, day=DAY, progress=Impatient(), is_synthetic=True)
    assert set(GridCell.objects.values_list("division_code", flat=True)) == {COMMUNITY}
    assert draw() > 0
    assert GridCell.objects.values("division_code").distinct().count() == 2


def test_job_draws_and_tells_what_it_did(run_queue: object) -> None:
    assert callable(run_queue)
    make_tree(community=patch(wide=0.5, high=0.5))
    run = start_generating_grid(ACTOR, division_code=COUNTY, title="生成网格", day=DAY, now=clock.real_now())
    run_queue()
    done = jobs.run(ACTOR, run)
    assert (done.state, done.done, done.total) == ("done", 1, 1)
    assert done.result == {"街道": 1, "单元网格": GridCell.objects.count()}
    assert GridCell.objects.count() > 20
