"""The words of means checking: kinds of aid, income, property and departments, with their official names."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from onecity.kernel.text import zh


class Aid(StrEnum):
    """What a household applies for."""

    MINIMUM_LIVING = "minimum_living"
    MARGIN = "margin"
    BURDEN = "burden"
    DESTITUTE = "destitute"
    HOUSING = "housing"


class Income(StrEnum):
    """The four kinds of disposable income."""

    WAGE = "wage"
    BUSINESS = "business"
    PROPERTY = "property"
    TRANSFER = "transfer"


class Asset(StrEnum):
    """Kinds of family property."""

    DEPOSIT = "deposit"
    SECURITY = "security"
    INSURANCE = "insurance"
    FUND = "fund"
    CLAIM = "claim"
    VEHICLE = "vehicle"
    HOUSE = "house"
    ENTERPRISE = "enterprise"


class Department(StrEnum):
    """The thirteen bodies that are asked."""

    PUBLIC_SECURITY = "public_security"
    CIVIL_AFFAIRS = "civil_affairs"
    HUMAN_RESOURCES = "human_resources"
    REAL_ESTATE = "real_estate"
    HOUSING = "housing"
    HOUSING_FUND = "housing_fund"
    TAX = "tax"
    MARKET = "market"
    FINANCE = "finance"
    TRANSPORT = "transport"
    AGRICULTURE = "agriculture"
    DISABLED = "disabled"
    MEDICAL = "medical"


class Marital(StrEnum):
    """Marital status as the civil registry tells it (GB/T 2261.2, first digit)."""

    SINGLE = "10"
    MARRIED = "20"
    WIDOWED = "30"
    DIVORCED = "40"


class Relation(StrEnum):
    """Relation to the applicant (GB/T 4761, first digits as they are used here)."""

    SELF = "01"
    SPOUSE = "10"
    CHILD = "20"
    GRANDCHILD = "40"
    PARENT = "50"
    GRANDPARENT = "60"
    SIBLING = "70"
    OTHER = "90"


AID_NAMES: Final[Mapping[Aid, str]] = {
    Aid.MINIMUM_LIVING: zh("最低生活保障"),
    Aid.MARGIN: zh("最低生活保障边缘家庭"),
    Aid.BURDEN: zh("刚性支出困难家庭"),
    Aid.DESTITUTE: zh("特困人员供养"),
    Aid.HOUSING: zh("住房保障"),
}
INCOME_NAMES: Final[Mapping[Income, str]] = {
    Income.WAGE: zh("工资性收入"),
    Income.BUSINESS: zh("经营净收入"),
    Income.PROPERTY: zh("财产净收入"),
    Income.TRANSFER: zh("转移净收入"),
}
ASSET_NAMES: Final[Mapping[Asset, str]] = {
    Asset.DEPOSIT: zh("银行存款"),
    Asset.SECURITY: zh("有价证券"),
    Asset.INSURANCE: zh("商业保险"),
    Asset.FUND: zh("住房公积金"),
    Asset.CLAIM: zh("债权"),
    Asset.VEHICLE: zh("机动车辆"),
    Asset.HOUSE: zh("房屋"),
    Asset.ENTERPRISE: zh("企业与股权"),
}
DEPARTMENT_NAMES: Final[Mapping[Department, str]] = {
    Department.PUBLIC_SECURITY: zh("公安"),
    Department.CIVIL_AFFAIRS: zh("民政"),
    Department.HUMAN_RESOURCES: zh("人力资源和社会保障"),
    Department.REAL_ESTATE: zh("不动产登记"),
    Department.HOUSING: zh("住房和城乡建设"),
    Department.HOUSING_FUND: zh("住房公积金"),
    Department.TAX: zh("税务"),
    Department.MARKET: zh("市场监管"),
    Department.FINANCE: zh("银行、证券与保险机构"),
    Department.TRANSPORT: zh("交通运输"),
    Department.AGRICULTURE: zh("农业农村"),
    Department.DISABLED: zh("残联"),
    Department.MEDICAL: zh("医疗保障"),
}
MARITAL_NAMES: Final[Mapping[Marital, str]] = {
    Marital.SINGLE: zh("未婚"),
    Marital.MARRIED: zh("已婚"),
    Marital.WIDOWED: zh("丧偶"),
    Marital.DIVORCED: zh("离婚"),
}
RELATION_NAMES: Final[Mapping[Relation, str]] = {
    Relation.SELF: zh("本人"),
    Relation.SPOUSE: zh("配偶"),
    Relation.CHILD: zh("子女"),
    Relation.GRANDCHILD: zh("孙子女"),
    Relation.PARENT: zh("父母"),
    Relation.GRANDPARENT: zh("祖父母"),
    Relation.SIBLING: zh("兄弟姐妹"),
    Relation.OTHER: zh("其他"),
}
TOPIC_NAMES: Final[Mapping[str, str]] = {
    "wage": zh("工资薪金"),
    "unemployment": zh("失业保险金"),
    "pension": zh("养老金"),
    "business": zh("生产经营所得"),
    "rent": zh("租金"),
    "dividend": zh("利息、股息、红利"),
    "subsidy": zh("惠农补贴"),
    "support": zh("赡养、抚养、扶养费"),
    "other": zh("其他收入"),
}
INCOME_TOPICS: Final[Mapping[str, Income]] = {
    "wage": Income.WAGE,
    "unemployment": Income.TRANSFER,
    "pension": Income.TRANSFER,
    "business": Income.BUSINESS,
    "rent": Income.PROPERTY,
    "dividend": Income.PROPERTY,
    "subsidy": Income.TRANSFER,
    "support": Income.TRANSFER,
    "other": Income.TRANSFER,
}
FINANCIAL: Final = frozenset({Asset.DEPOSIT, Asset.SECURITY, Asset.INSURANCE, Asset.CLAIM})
"""Property that is summed up as money; the housing fund is shown but not counted."""
