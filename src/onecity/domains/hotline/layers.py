"""The hotline's layer of the one map."""

from typing import Final

from onecity.domains.hotline.permissions import MEASURE
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass

DEMANDS: Final = Layer(
    code="hotline.demands",
    name=zh("热线诉求"),
    group=zh("政务服务热线"),
    source="""
        SELECT case_id AS id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom, number, title, status,
            opened_at, organisation_id, division_code
        FROM hotline_demand WHERE longitude IS NOT NULL AND latitude IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("number", zh("案件编号"), "code"),
        LayerField("title", zh("标题")),
        LayerField("status", zh("状态"), "code"),
        LayerField("opened_at", zh("受理时间"), "moment"),
    ),
    permission=MEASURE,
    scoped=True,
    live=True,
    style_field="status",
    classes=(
        StyleClass("open", zh("办理中"), "--tone-blue"),
        StyleClass("closed", zh("已办结"), "--tone-green"),
        StyleClass("void", zh("不予受理"), "--tone-grey"),
        StyleClass("merged", zh("已合并"), "--tone-purple"),
    ),
    link="/cases/id/{id}",
    order=120,
)
