"""What the registers plug into the city: persons."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.registers import permissions
from onecity.platform.registers.declare import Register, RegisterField
from onecity.platform.registers.rules.person_fields import FIELDS, POPULATION
from onecity.platform.registers.services.persons.changing import write_ruling
from onecity.platform.registers.services.persons.columns import CERTIFICATE, CITIZEN_ID, PERMIT, PHONE
from onecity.web.declare import Menu

REGISTER: Final = Register(
    code=POPULATION,
    name=zh("人口基础信息库"),
    fields=tuple(RegisterField(item.name, item.title, item.key, item.sealed) for item in FIELDS),
    write=write_ruling,
    url_name="registers:person",
)

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.VIEW_PERSONS, zh("查询人口信息")),
    Permission(permissions.LOOK_PERSONAL, zh("查看公民身份号码等原文")),
    Permission(permissions.MAINTAIN_PERSONS, zh("办理人口登记")),
    Permission(permissions.USE_INTERFACE, zh("通过接口使用基础信息库")),
    REGISTER,
    PersonalColumn(
        CITIZEN_ID, zh("公民身份号码"), "registers_person", sealed="citizen_id_sealed", hashed="citizen_id_hashed"
    ),
    PersonalColumn(PHONE, zh("联系电话"), "registers_person", sealed="phone_sealed", hashed="phone_hashed"),
    PersonalColumn(
        "registers.personversion.citizen_id",
        zh("历史公民身份号码"),
        "registers_personversion",
        sealed="citizen_id_sealed",
        context=CITIZEN_ID,
    ),
    PersonalColumn(
        "registers.personversion.phone",
        zh("历史联系电话"),
        "registers_personversion",
        sealed="phone_sealed",
        context=PHONE,
    ),
    PersonalColumn(
        CERTIFICATE, zh("证件号码"), "registers_certificate", sealed="number_sealed", hashed="number_hashed"
    ),
    PersonalColumn(PERMIT, zh("居住证号码"), "registers_residence", sealed="permit_sealed"),
    Role(
        "registers.population_clerk",
        zh("人口信息管理员"),
        zh("办理人口登记，查看人员档案，裁定数据来源冲突"),
        permissions=(
            permissions.VIEW_PERSONS,
            permissions.LOOK_PERSONAL,
            permissions.MAINTAIN_PERSONS,
            permissions.SETTLE_CONFLICTS,
        ),
    ),
    Role(
        "registers.steward",
        zh("基础信息库管理员"),
        zh("管理数据来源和一数一源规则，不接触个人信息"),
        permissions=(permissions.MANAGE_SOURCES,),
    ),
    Menu(
        "registers.persons",
        zh("人口信息查询"),
        "registers:persons",
        permission=permissions.VIEW_PERSONS,
        group=zh("基础信息库"),
        icon="users",
        order=210,
    ),
)
