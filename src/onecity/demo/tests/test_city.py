"""Loading cities: the sample city without any data, the four real ones with them."""

from pathlib import Path

import msgspec
import pytest
from django.core.management import call_command
from django.db import connection

from onecity.demo.city import DataMissing, SpokenProgress, built_up, load_city
from onecity.demo.organisations import departments, load_organisations
from onecity.demo.packs import SAMPLE, pack_codes, read_pack
from onecity.kernel.actor import system_actor
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import GridInfo
from onecity.platform.identity import api as identity

pytestmark = pytest.mark.django_db
ACTOR = system_actor("test")
TABLES = ("geo_division", "geo_gridcell", "geo_road", "geo_basearea", "geo_place", "identity_organisation")
# Names and places that everybody can check, and the street that passes by where the data have streets.
KNOWN = {
    "changchun": ("朝阳区", 125.3184, 43.8790, "人民大街"),
    "liaoyuan": ("龙山区", 125.1388, 42.9002, ""),
    "changzhou": ("钟楼区", 119.9437, 31.7831, ""),
    "chengdu": ("武侯区", 104.0620, 30.6370, ""),
}
REAL = [code for code in pack_codes() if code != SAMPLE]


def load(code: str, data: Path | None) -> list[str]:
    told: list[str] = []
    load_city(ACTOR, pack=read_pack(code), data=data, say=told.append)
    return told


def contents() -> dict[str, str]:
    """Return a digest of every table that a pack fills."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) || ':' || md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[table] = str(cursor.fetchone()[0])
    return found


def ask(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0] or 0)


def test_sample_city_stands_without_any_data() -> None:
    told = load(SAMPLE, None)
    assert any(line.startswith("单元网格: ") for line in told)
    here = geo.city()
    assert here is not None
    assert (here.name, here.is_synthetic) == ("示范市", True)
    found = geo.locate(longitude=here.longitude, latitude=here.latitude)
    assert isinstance(found, GridInfo)
    assert geo.describe(longitude=here.longitude, latitude=here.latitude).road
    assert ask("SELECT count(*) FROM geo_division WHERE geom IS NULL") == 0
    assert ask("SELECT count(*) FROM geo_gridcell") > 10_000
    assert ask("SELECT count(*) FROM geo_basearea WHERE kind = 'building'") > 500
    assert geo.search("滨江区")[0].name == "滨江区"


def test_second_load_changes_nothing() -> None:
    load(SAMPLE, None)
    before = contents()
    load(SAMPLE, None)
    assert contents() == before


@pytest.mark.parametrize("code", REAL)
def test_real_city_stands_on_its_data(code: str, data: Path) -> None:
    load(code, data)
    pack = read_pack(code)
    name, longitude, latitude, road = KNOWN[code]
    position = geo.describe(longitude=longitude, latitude=latitude)
    assert len(position.grid_code) == 15
    assert position.full_name.startswith(name) or position.full_name.endswith(("社区", "委会"))
    assert road in position.road
    prefix = pack.division_code[:4]
    assert ask(f"SELECT count(*) FROM geo_division WHERE geom IS NULL AND code LIKE '{prefix}%'") == 0
    assert ask("SELECT max(cells) FROM (SELECT count(*) AS cells FROM geo_gridcell GROUP BY division_code) AS c") <= 999
    # Outlines of counties come from the data, those of streets and communities are marked as made up.
    assert ask("SELECT count(*) FROM geo_division WHERE level >= 4 AND NOT is_synthetic") == 0
    assert ask("SELECT count(*) FROM geo_division WHERE level = 3 AND NOT is_synthetic") >= 4
    before = contents()
    load(code, data)
    assert contents() == before


def test_gongzhuling_lies_in_changchun(data: Path) -> None:
    load("changchun", data)
    county = geo.division("220184")
    assert (county.name, county.parent_code, county.is_synthetic) == ("公主岭市", "220100", False)
    assert geo.describe(longitude=124.82, latitude=43.51).full_name.startswith("公主岭市")


def test_county_that_changed_its_code_has_the_boundary_of_the_old_one(data: Path) -> None:
    load("chengdu", data)
    assert geo.division("510118").name == "新津区"
    assert not geo.division("510118").is_synthetic


def test_built_up_area_reaches_each_county_seat_once(data: Path) -> None:
    load("changchun", data)
    names = [disc.name for disc in built_up(read_pack("changchun"))]
    assert "公主岭市" in names
    assert "朝阳区" not in names  # its seat lies in the middle of the city
    assert "长春经济技术开发区" not in names
    assert len(names) == len(set(names))


def test_real_city_without_data_says_what_it_needs() -> None:
    with pytest.raises(DataMissing):
        load("changchun", None)


def test_bodies_stand_in_a_tree_under_the_government() -> None:
    load(SAMPLE, None)
    bodies = {item.code: item for item in identity.organisations()}
    names = {item.id: item.code for item in bodies.values()}
    assert bodies["government"].name == "示范市人民政府"
    assert names[bodies["ecology"].parent_id or 0] == "government"
    assert names[bodies["street.229902001"].parent_id or 0] == "county.229902"
    assert bodies["street.229902001"].name == "人民街道办事处"
    assert bodies["street.229902100"].name.endswith("镇人民政府")
    assert bodies["county.229902"].division_code == "229902"
    assert load_organisations(ACTOR, pack=read_pack(SAMPLE)) == 0


def test_development_zones_have_an_administration(data: Path) -> None:
    load("changchun", data)
    assert identity.organisation_by_code("county.220171").name == "长春经济技术开发区管理委员会"


def test_pack_renames_a_department() -> None:
    pack = read_pack(SAMPLE)
    renamed = msgspec.structs.replace(pack, names=type(pack.names)(departments={"ecology": "示范市环境保护局"}))
    found = {item.code: item.name for item in departments(renamed)}
    assert (found["ecology"], found["police"]) == ("示范市环境保护局", "示范市公安局")


def test_command_loads_the_city_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_city", "--city", SAMPLE)
    assert "示范市" in capsys.readouterr().out
    assert geo.city() is not None


def test_progress_is_told_by_tenths() -> None:
    told: list[str] = []
    progress = SpokenProgress(told.append, what="网格")
    for done in range(101):
        progress.step(done, total=100)
    progress.step(3)
    assert len(told) == 11
    assert told[-1] == "  网格 100/100"
