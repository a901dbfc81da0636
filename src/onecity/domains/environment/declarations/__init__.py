"""What environment plugs into the city."""

from typing import Final

from onecity.domains.environment.declarations import noise, outlets, water
from onecity.domains.environment.declarations.datasets import DATASETS
from onecity.domains.environment.declarations.figures import FIGURES
from onecity.domains.environment.declarations.places import ENTRIES, STATIONS
from onecity.domains.environment.declarations.stations import RULES, STATION, WATCH
from onecity.domains.environment.permissions import MANAGE_AIR, MANAGE_NOISE, MANAGE_WATER, VIEW_AIR, VIEW_STANDARDS
from onecity.domains.environment.rules.codes import RECOMPUTE
from onecity.domains.environment.services.noise import following as noise_following
from onecity.domains.environment.services.outlets.transmitting import count_now
from onecity.domains.environment.services.recomputing import run_recompute
from onecity.domains.environment.services.stations import refresh_now
from onecity.domains.environment.services.telling import tell_late
from onecity.domains.environment.services.water import following as water_following
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.jobs.declare import Job, Tick

DECLARATION: Final = Domain(
    code="environment",
    name=zh("生态环境"),
    items=(
        STATION,
        WATCH,
        *RULES,
        *FIGURES,
        *DATASETS,
        STATIONS,
        *ENTRIES,
        *water.ITEMS,
        *noise.ITEMS,
        *outlets.ITEMS,
        Permission(VIEW_AIR, zh("查看空气站点管理"), scoped=False),
        Permission(MANAGE_AIR, zh("管理空气质量评价方法"), scoped=False),
        Role(
            code="environment.duty_officer",
            name=zh("环境值班员"),
            description=zh("值守空气、水和声环境质量：查看站点、数据和告警，登记评价方法和限值，重新计算"),
            permissions=(
                VIEW_AIR,
                MANAGE_AIR,
                VIEW_STANDARDS,
                MANAGE_WATER,
                MANAGE_NOISE,
                "iot.view_devices",
                "iot.view_alarms",
                "iot.handle_alarms",
                "geo.view",
            ),
        ),
        Job(RECOMPUTE, zh("重新计算空气质量"), run_recompute),
        Tick("environment.refresh_stations", zh("更新空气站点"), 5.0, refresh_now),
        Tick("environment.refresh_sections", zh("更新水质断面"), 15.0, water_following.refresh_now),
        Tick("environment.refresh_noise", zh("更新噪声站点"), 15.0, noise_following.refresh_now),
        Tick("environment.count_transmission", zh("统计有效传输率"), 60.0, count_now),
        Tick("environment.tell_late", zh("判定缺项的小时空气质量"), 5.0, tell_late),
    ),
)
