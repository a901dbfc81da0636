"""The layer of public opinion on the one map: articles that name an address."""

from typing import Final

from onecity.domains.opinion.permissions import VIEW
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass

ARTICLES: Final = Layer(
    code="opinion.articles",
    name=zh("舆情文章"),
    group=zh("舆情"),
    source="""
        SELECT id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS geom, title, outlet, mood, told_at,
            organisation_id, division_code
        FROM opinion_article WHERE longitude IS NOT NULL AND latitude IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("title", zh("标题")),
        LayerField("outlet", zh("媒体")),
        LayerField("mood", zh("情感倾向"), "code"),
        LayerField("told_at", zh("发布时间"), "moment"),
    ),
    permission=VIEW,
    scoped=True,
    live=True,
    style_field="mood",
    classes=(
        StyleClass("positive", zh("正面"), "--tone-green"),
        StyleClass("neutral", zh("中性"), "--tone-grey"),
        StyleClass("negative", zh("负面"), "--tone-red"),
    ),
    link="/opinion/articles/{id}",
    order=130,
)
