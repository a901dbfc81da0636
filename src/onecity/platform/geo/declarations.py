"""What geo plugs into the city: the base map, divisions, unit grids, places."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.geo.datasets import DATASETS
from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.services.drawing import JOB, run_generate_grid
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.jobs.declare import Job
from onecity.web.declare import Menu

VIEW = "geo.view"
MANAGE = "geo.manage"

_NAME = LayerField("name", zh("名称"))
_KIND = LayerField("kind", zh("类型"), "code")
_CODE = LayerField("code", zh("区划代码"), "code")
_SYNTHETIC = LayerField("is_synthetic", zh("是否示意"), "code")
_ROADS = "SELECT id, geom, name, kind, is_oneway, is_synthetic, source FROM geo_road WHERE kind IN"
_ROAD_FIELDS = (_NAME, _KIND, LayerField("is_oneway", zh("是否单行"), "code"), _SYNTHETIC)
_DIVISIONS = "SELECT id, geom, code, name, level, is_synthetic FROM geo_division WHERE geom IS NOT NULL AND level ="
_BASE = zh("底图")
_DIVISION_GROUP = zh("区划与网格")

AREAS = Layer(
    code="geo.areas",
    name=zh("用地、水域与绿地"),
    group=_BASE,
    source="SELECT id, geom, name, kind, area_m2, is_synthetic FROM geo_basearea WHERE NOT kind = 'building'",
    geometry="polygon",
    fields=(_NAME, _KIND, LayerField("area_m2", zh("面积（平方米）"), "number"), _SYNTHETIC),
    min_zoom=8,
    order=1,
)
BUILDINGS = Layer(
    code="geo.buildings",
    name=zh("建筑"),
    group=_BASE,
    source="SELECT id, geom, name, floors, is_synthetic FROM geo_basearea WHERE kind = 'building'",
    geometry="polygon",
    fields=(_NAME, LayerField("floors", zh("层数"), "number"), _SYNTHETIC),
    min_zoom=14,
    order=2,
)
MAIN_ROADS = Layer(
    code="geo.main_roads",
    name=zh("干路与铁路"),
    group=_BASE,
    source=f"{_ROADS} ('motorway', 'trunk', 'primary', 'secondary', 'rail')",
    geometry="line",
    fields=_ROAD_FIELDS,
    min_zoom=8,
    order=3,
)
STREETS = Layer(
    code="geo.streets",
    name=zh("支路与街巷"),
    group=_BASE,
    source=f"{_ROADS} ('tertiary', 'residential')",
    geometry="line",
    fields=_ROAD_FIELDS,
    min_zoom=12,
    order=4,
)
LANES = Layer(
    code="geo.lanes",
    name=zh("内部道路与步行道"),
    group=_BASE,
    source=f"{_ROADS} ('service', 'footway')",
    geometry="line",
    fields=_ROAD_FIELDS,
    min_zoom=14,
    order=5,
)
BOUNDARIES = Layer(
    code="geo.boundaries",
    name=zh("县级以上界线"),
    group=_BASE,
    source=(
        "SELECT id, geom, code, name, level, is_synthetic FROM geo_division WHERE geom IS NOT NULL AND level IN (2, 3)"
    ),
    geometry="polygon",
    fields=(_CODE, _NAME, LayerField("level", zh("区划级别"), "number"), _SYNTHETIC),
    order=6,
)
DIVISION_NAMES = Layer(
    code="geo.division_names",
    name=zh("区划名称"),
    group=_BASE,
    source=(
        "SELECT id, centre AS geom, code, name, level FROM geo_division WHERE centre IS NOT NULL AND level IN (3, 4)"
    ),
    geometry="point",
    fields=(_CODE, _NAME, LayerField("level", zh("区划级别"), "number")),
    min_zoom=7,
    order=7,
)
DISTRICTS = Layer(
    code="geo.districts",
    name=zh("区县"),
    group=_DIVISION_GROUP,
    source=f"{_DIVISIONS} 3",
    geometry="polygon",
    fields=(_CODE, _NAME, _SYNTHETIC),
    label_field="name",
    link="/divisions/{id}",
    colour="--tone-purple",
    order=10,
)
SUBDISTRICTS = Layer(
    code="geo.subdistricts",
    name=zh("街道和乡镇"),
    group=_DIVISION_GROUP,
    source=f"{_DIVISIONS} 4",
    geometry="polygon",
    fields=(_CODE, _NAME, _SYNTHETIC),
    label_field="name",
    link="/divisions/{id}",
    colour="--tone-blue",
    min_zoom=9,
    order=11,
)
COMMUNITIES = Layer(
    code="geo.communities",
    name=zh("社区和村"),
    group=_DIVISION_GROUP,
    source=f"{_DIVISIONS} 5",
    geometry="polygon",
    fields=(_CODE, _NAME, _SYNTHETIC),
    label_field="name",
    link="/divisions/{id}",
    colour="--tone-green",
    min_zoom=11,
    order=12,
)
GRID = Layer(
    code="geo.grid",
    name=zh("单元网格"),
    group=_DIVISION_GROUP,
    source=(
        "SELECT id, geom, code, division_code, area_m2, land_use, initial_date::text AS initial_date, is_synthetic"
        " FROM geo_gridcell WHERE end_date IS NULL"
    ),
    geometry="polygon",
    fields=(
        LayerField("code", zh("网格编码"), "code"),
        LayerField("division_code", zh("所属社区代码"), "code"),
        LayerField("area_m2", zh("面积（平方米）"), "number"),
        LayerField("land_use", zh("用地类型"), "code"),
        LayerField("initial_date", zh("启用日期")),
        _SYNTHETIC,
    ),
    permission=VIEW,
    label_field="code",
    link="/grids/{id}",
    colour="--tone-orange",
    min_zoom=13,
    order=13,
)
PLACES = Layer(
    code="geo.places",
    name=zh("地点"),
    group=zh("地点与设施"),
    source="SELECT id, geom, name, kind, address, is_synthetic FROM geo_place",
    geometry="point",
    fields=(_NAME, LayerField("kind", zh("类别"), "code"), LayerField("address", zh("地址")), _SYNTHETIC),
    label_field="name",
    colour="--tone-grey",
    min_zoom=13,
    order=20,
)
ADDRESSES = Layer(
    code="geo.addresses",
    name=zh("标准地址"),
    group=zh("地点与设施"),
    source="SELECT id, geom, text AS name, road, number, is_synthetic FROM geo_standardaddress",
    geometry="point",
    fields=(
        LayerField("name", zh("地址")),
        LayerField("road", zh("道路")),
        LayerField("number", zh("门牌号"), "code"),
        _SYNTHETIC,
    ),
    label_field="number",
    link="/addresses/{id}",
    colour="--tone-blue",
    min_zoom=15,
    order=21,
)

DECLARATION = Domain(
    code="geo",
    name=zh("一张图"),
    items=(
        Permission(VIEW, zh("查看一张图、区划和单元网格"), scoped=False),
        Permission(MANAGE, zh("维护区划、单元网格和底图"), scoped=False),
        Role(
            code="geo.map_keeper",
            name=zh("地图与网格管理员"),
            description=zh("维护区划、单元网格和底图"),
            permissions=(VIEW, MANAGE),
        ),
        Job(JOB, zh("生成单元网格"), run_generate_grid),
        Menu("geo.map", zh("一张图"), "geo:map", permission=VIEW, group=zh("一张图"), icon="map-2", order=20),
        Menu(
            "geo.divisions",
            zh("行政区划"),
            "geo:divisions",
            permission=VIEW,
            group=zh("一张图"),
            icon="sitemap",
            order=21,
        ),
        Menu("geo.grids", zh("单元网格"), "geo:grids", permission=VIEW, group=zh("一张图"), icon="apps", order=22),
        Menu(
            "geo.addresses",
            zh("标准地址"),
            "geo:addresses",
            permission=VIEW,
            group=zh("一张图"),
            icon="address-book",
            order=23,
        ),
        ADDRESSES,
        AREAS,
        BUILDINGS,
        MAIN_ROADS,
        STREETS,
        LANES,
        BOUNDARIES,
        DIVISION_NAMES,
        DISTRICTS,
        SUBDISTRICTS,
        COMMUNITIES,
        GRID,
        PLACES,
        *DATASETS,
    ),
)
