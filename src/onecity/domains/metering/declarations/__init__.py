"""What metering plugs into the city."""

from typing import Final

from onecity.domains.metering.declarations.datasets import DATASETS
from onecity.domains.metering.declarations.figures import FIGURES
from onecity.domains.metering.declarations.meters import TYPES, WATCHES
from onecity.domains.metering.declarations.places import ENTRIES, METERS, ZONES
from onecity.domains.metering.permissions import BILL, HANDLE, MANAGE, PRICES, STATISTICS, VIEW
from onecity.domains.metering.process import INSPECTION_CASE, SOURCE
from onecity.domains.metering.rules.codes import BILL_MONTH
from onecity.domains.metering.services.assessing import close_days
from onecity.domains.metering.services.billing import run_billing
from onecity.domains.metering.services.following import refresh_now
from onecity.domains.metering.services.judging import watch_homes
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.jobs.declare import Job, Tick

DECLARATION: Final = Domain(
    code="metering",
    name=zh("水电气热计量"),
    items=(
        *TYPES,
        *WATCHES,
        *FIGURES,
        *DATASETS,
        ZONES,
        METERS,
        *ENTRIES,
        SOURCE,
        INSPECTION_CASE,
        Permission(VIEW, zh("查看计量表、分区、账单和异常用量")),
        Permission(STATISTICS, zh("查看水电气热运行指标")),
        Permission(MANAGE, zh("维护计量表、分区和换表记录")),
        Permission(HANDLE, zh("处理异常用量")),
        Permission(BILL, zh("月度出账"), scoped=False),
        Permission(PRICES, zh("维护价格版本"), scoped=False),
        Role(
            code="metering.operator",
            name=zh("计量运行员"),
            description=zh("查看计量表和分区损耗，维护用户资料，处理异常用量"),
            permissions=(
                VIEW,
                STATISTICS,
                MANAGE,
                HANDLE,
                "iot.view_devices",
                "iot.command_devices",
                "geo.view",
                "cases.view",
            ),
        ),
        Role(
            code="metering.accountant",
            name=zh("计量核算员"),
            description=zh("登记和发布价格版本，月度出账，查看账单及更正"),
            permissions=(VIEW, STATISTICS, BILL, PRICES),
        ),
        Job(BILL_MONTH, zh("月度出账"), run_billing),
        Tick("metering.refresh_meters", zh("更新计量表"), 30.0, refresh_now),
        Tick("metering.watch_homes", zh("检查关爱户用量"), 30.0, watch_homes),
        Tick("metering.close_days", zh("估算缺抄日用量"), 60.0, close_days),
    ),
)
