"""What the registers plug into the city: entities."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.registers.declare import Register, RegisterField
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES
from onecity.platform.registers.rules.entities.fields import FIELDS, LEGAL_ENTITIES
from onecity.platform.registers.selectors.layers import ENTITIES_SQL
from onecity.platform.registers.services.entities.entering import REPRESENTATIVE, write_ruling
from onecity.platform.registers.services.entities.parts import HOLDER, OFFICER
from onecity.web.declare import Menu

REGISTER: Final = Register(
    code=LEGAL_ENTITIES,
    name=zh("法人单位基础信息库"),
    fields=tuple(RegisterField(item.name, item.title, item.key) for item in FIELDS),
    write=write_ruling,
    url_name="registers:entity",
)

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(VIEW_ENTITIES, zh("查询法人单位")),
    Permission(MAINTAIN_ENTITIES, zh("登记和变更法人单位")),
    REGISTER,
    PersonalColumn(
        REPRESENTATIVE,
        zh("法定代表人证件号码"),
        "registers_legalentity",
        sealed="representative_sealed",
        hashed="representative_hash",
    ),
    PersonalColumn(OFFICER, zh("主要人员证件号码"), "registers_entityperson", sealed="id_sealed", hashed="id_hash"),
    PersonalColumn(HOLDER, zh("投资人证件号码"), "registers_shareholding", sealed="id_sealed", hashed="id_hash"),
    Role(
        code="registers.entity_clerk",
        name=zh("法人信息管理员"),
        description=zh("登记和变更法人单位、出资、许可和登记状态"),
        permissions=("geo.view", VIEW_ENTITIES, MAINTAIN_ENTITIES),
    ),
    Layer(
        code="registers.entities",
        name=zh("法人单位"),
        group=zh("基础信息库"),
        source=ENTITIES_SQL,
        geometry="point",
        fields=(
            LayerField("name", zh("名称")),
            LayerField("uscc", zh("统一社会信用代码"), "code"),
            LayerField("kind", zh("主体类型"), "code"),
            LayerField("industry_section", zh("行业门类"), "code"),
        ),
        permission=VIEW_ENTITIES,
        scoped=True,
        min_zoom=11,
        style_field="status",
        classes=(
            StyleClass("existing", zh("存续"), "--tone-green"),
            StyleClass("suspended", zh("歇业"), "--tone-yellow"),
            StyleClass("revoked", zh("吊销，未注销"), "--tone-red"),
        ),
        label_field="name",
        link="/registers/entities/{id}",
        order=210,
    ),
    Menu(
        "registers.entities",
        zh("法人单位"),
        "registers:entities",
        permission=VIEW_ENTITIES,
        group=zh("基础信息库"),
        icon="building",
        order=52,
    ),
)
