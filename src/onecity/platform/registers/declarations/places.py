"""What the registers plug into the city: places."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.registers.permissions import MAINTAIN_PLACES, VIEW_PLACES
from onecity.platform.registers.rules.places.fields import LAND_USES, RESOURCES, USES
from onecity.platform.registers.selectors.layers import BUILDINGS_SQL, PARCELS_SQL, RESOURCES_SQL
from onecity.web.declare import Menu

_GROUP: Final = zh("基础信息库")
_LAND_COLOURS: Final = {
    "01": "--tone-yellow", "02": "--tone-green", "03": "--tone-green", "04": "--tone-green", "05": "--tone-red",
    "06": "--tone-purple", "07": "--tone-orange", "08": "--tone-red", "09": "--tone-grey", "10": "--tone-grey",
    "11": "--tone-blue", "12": "--tone-grey",
}  # fmt: skip
_RESOURCE_COLOURS: Final = {
    "forest": "--tone-green", "grass": "--tone-yellow", "wetland": "--tone-purple", "water": "--tone-blue",
    "mineral": "--tone-grey", "reserve": "--tone-orange",
}  # fmt: skip
_USE_COLOURS: Final = {
    "residential": "--tone-orange", "commercial": "--tone-red", "office": "--tone-blue", "industrial": "--tone-purple",
    "public": "--tone-green", "mixed": "--tone-yellow", "other": "--tone-grey",
}  # fmt: skip

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(VIEW_PLACES, zh("查看楼栋、土地和自然资源")),
    Permission(MAINTAIN_PLACES, zh("导入和维护楼栋、土地和自然资源")),
    Role(
        code="registers.place_clerk",
        name=zh("空间信息管理员"),
        description=zh("导入和维护楼栋、房屋、宗地和自然资源"),
        permissions=("geo.view", VIEW_PLACES, MAINTAIN_PLACES),
    ),
    Layer(
        code="registers.buildings",
        name=zh("楼栋"),
        group=_GROUP,
        source=BUILDINGS_SQL,
        geometry="point",
        fields=(
            LayerField("name", zh("名称")),
            LayerField("code", zh("楼栋编码"), "code"),
            LayerField("use", zh("用途"), "code"),
            LayerField("address", zh("地址")),
            LayerField("floors_above", zh("地上层数"), "number"),
        ),
        permission=VIEW_PLACES,
        scoped=True,
        min_zoom=12,
        style_field="use",
        classes=tuple(StyleClass(code, name, _USE_COLOURS[code]) for code, name in USES.items()),
        label_field="name",
        link="/registers/places/buildings/{id}",
        order=220,
    ),
    Layer(
        code="registers.parcels",
        name=zh("宗地"),
        group=_GROUP,
        source=PARCELS_SQL,
        geometry="polygon",
        fields=(
            LayerField("code", zh("宗地代码"), "code"),
            LayerField("name", zh("名称")),
            LayerField("use_code", zh("土地用途代码"), "code"),
            LayerField("use_class", zh("土地用途"), "code"),
            LayerField("area_m2", zh("面积（平方米）"), "number"),
        ),
        permission=VIEW_PLACES,
        scoped=True,
        min_zoom=10,
        style_field="use_class",
        classes=tuple(StyleClass(code, name, _LAND_COLOURS[code]) for code, name in LAND_USES.items()),
        label_field="code",
        link="/registers/places/parcels/{id}",
        order=221,
    ),
    Layer(
        code="registers.resources",
        name=zh("自然资源"),
        group=_GROUP,
        source=RESOURCES_SQL,
        geometry="polygon",
        fields=(
            LayerField("code", zh("编码"), "code"),
            LayerField("name", zh("名称")),
            LayerField("kind", zh("资源类型"), "code"),
            LayerField("area_m2", zh("面积（平方米）"), "number"),
        ),
        permission=VIEW_PLACES,
        scoped=True,
        min_zoom=8,
        style_field="kind",
        classes=tuple(StyleClass(code, name, _RESOURCE_COLOURS[code]) for code, name in RESOURCES.items()),
        label_field="name",
        link="/registers/places/resources/{id}",
        order=222,
    ),
    Menu(
        "registers.places",
        zh("楼栋与土地"),
        "registers:buildings",
        permission=VIEW_PLACES,
        group=_GROUP,
        icon="building-community",
        order=53,
    ),
)
