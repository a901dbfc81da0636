"""What emergency management draws on the one map."""

from typing import Final

from onecity.domains.emergency.permissions import VIEW
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass

GROUP: Final = zh("应急管理")
INCIDENTS: Final = Layer(
    code="emergency.incidents",
    name=zh("突发事件"),
    group=GROUP,
    source="""
        SELECT id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom, number, title, received_at,
            CASE WHEN is_drill THEN 'drill' ELSE coalesce(grade::text, 'none') END AS standing,
            organisation_id, division_code
        FROM emergency_incident
        WHERE longitude IS NOT NULL AND latitude IS NOT NULL AND status IN ('received', 'verified')
    """,
    geometry="point",
    fields=(
        LayerField("number", zh("事件编号"), "code"),
        LayerField("title", zh("标题")),
        LayerField("standing", zh("事件级别"), "code"),
        LayerField("received_at", zh("接报时间"), "moment"),
    ),
    permission=VIEW,
    scoped=True,
    live=True,
    style_field="standing",
    classes=(
        StyleClass("1", zh("Ⅰ级（特别重大）"), "--tone-red"),
        StyleClass("2", zh("Ⅱ级（重大）"), "--tone-orange"),
        StyleClass("3", zh("Ⅲ级（较大）"), "--tone-yellow"),
        StyleClass("4", zh("Ⅳ级（一般）"), "--tone-blue"),
        StyleClass("none", zh("未定级"), "--tone-grey"),
        StyleClass("drill", zh("演练"), "--tone-purple"),
    ),
    link="/emergency/incidents/id/{id}",
    order=40,
)
LAYERS: Final = (INCIDENTS,)
