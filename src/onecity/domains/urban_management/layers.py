"""Layers of digital urban management on the one map."""

from typing import Final

from onecity.domains.urban_management.permissions import CASES_VIEW, SUPERVISE
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass

COMPONENTS: Final = Layer(
    code="urban_management.components",
    name=zh("城市部件"),
    group=zh("数字城管"),
    source="""
        SELECT id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom, code, name, class_code, state,
            authority, keeper, organisation_id, division_code
        FROM urban_management_component
    """,
    geometry="point",
    fields=(
        LayerField("code", zh("部件标识码"), "code"),
        LayerField("name", zh("部件名称")),
        LayerField("class_code", zh("部件类别"), "code"),
        LayerField("state", zh("部件状态"), "code"),
        LayerField("authority", zh("主管部门")),
        LayerField("keeper", zh("养护单位")),
    ),
    permission=CASES_VIEW,
    scoped=True,
    min_zoom=14,
    style_field="state",
    classes=(
        StyleClass("whole", zh("完好"), "--tone-green"),
        StyleClass("broken", zh("破损"), "--tone-orange"),
        StyleClass("lost", zh("丢失"), "--tone-red"),
        StyleClass("abandoned", zh("废弃"), "--tone-grey"),
    ),
    link="/urban/components/id/{id}",
    order=130,
)
_RECENT: Final = "at > (SELECT max(at) FROM urban_management_trackpoint) - interval '12 hours'"
POSITIONS: Final = Layer(
    code="urban_management.positions",
    name=zh("监督员位置"),
    group=zh("数字城管"),
    source=f"""
        SELECT DISTINCT ON (account_id) id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom, account_id, at,
            organisation_id, ''::text AS division_code
        FROM urban_management_trackpoint WHERE {_RECENT} ORDER BY account_id, at DESC
    """,
    geometry="point",
    fields=(LayerField("account_id", zh("监督员编号"), "number"), LayerField("at", zh("时间"), "moment")),
    permission=SUPERVISE,
    scoped=True,
    live=True,
    colour="--tone-purple",
    link="/urban/command/{id}",
    order=131,
)
# A silence of ten minutes splits a track, as in rules.walking.
TRACKS: Final = Layer(
    code="urban_management.tracks",
    name=zh("巡查轨迹"),
    group=zh("数字城管"),
    source=f"""
        SELECT min(id) AS id, ST_MakeLine(geom ORDER BY at) AS geom, account_id, min(at) AS began_at,
            max(at) AS ended_at, organisation_id, ''::text AS division_code
        FROM (
            SELECT *, count(*) FILTER (WHERE parted) OVER (PARTITION BY account_id ORDER BY at, id) AS leg
            FROM (
                SELECT id, account_id, at, organisation_id,
                    ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom,
                    at - lag(at) OVER (PARTITION BY account_id ORDER BY at, id) > interval '10 minutes' AS parted
                FROM urban_management_trackpoint WHERE {_RECENT}
            ) p
        ) l GROUP BY account_id, organisation_id, leg HAVING count(*) > 1
    """,
    geometry="line",
    fields=(
        LayerField("account_id", zh("监督员编号"), "number"),
        LayerField("began_at", zh("开始时间"), "moment"),
        LayerField("ended_at", zh("结束时间"), "moment"),
    ),
    permission=SUPERVISE,
    scoped=True,
    live=True,
    colour="--tone-purple",
    order=132,
)
LAYERS: Final = (COMPONENTS, POSITIONS, TRACKS)
