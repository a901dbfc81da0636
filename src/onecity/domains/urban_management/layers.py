"""Layers of digital urban management on the one map."""

from typing import Final

from onecity.domains.urban_management.permissions import CASES_VIEW
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
