"""What metering is measured by."""

from typing import Final

from onecity.domains.metering.permissions import STATISTICS
from onecity.domains.metering.selectors import figures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

_GROUP: Final = zh("水电气热")

FIGURES: Final = (
    Indicator(
        code="metering.water_loss",
        name=zh("供水漏损率"),
        definition=zh("最近三十个整日，顶层供水计量分区的损失量 ÷ 供入量；损失量为供入量减去区内用户表用量"),
        unit="%",
        compute=figures.water_loss,
        rows=figures.zone_rows,
        group=_GROUP,
        better="lower",
        target=10,
        decimals=1,
        every_s=60.0,
        permission=STATISTICS,
        order=60,
    ),
    Indicator(
        code="metering.electricity_loss",
        name=zh("线损率"),
        definition=zh("最近三十个整日，顶层供电计量分区的损失量 ÷ 供入量；损失量为供入量减去区内用户表用量"),
        unit="%",
        compute=figures.electricity_loss,
        rows=figures.zone_rows,
        group=_GROUP,
        better="lower",
        target=5,
        decimals=1,
        every_s=60.0,
        permission=STATISTICS,
        order=61,
        on_board=False,
    ),
    Indicator(
        code="metering.meters_read",
        name=zh("计量表抄通率"),
        definition=zh("四十八小时内有读数的在用计量表数 ÷ 在用计量表数"),
        unit="%",
        compute=figures.read_share,
        rows=figures.meter_rows,
        group=_GROUP,
        better="higher",
        target=98,
        decimals=1,
        every_s=60.0,
        permission=STATISTICS,
        order=62,
    ),
    Indicator(
        code="metering.abnormal_open",
        name=zh("未办结异常用量"),
        definition=zh("此刻尚未办结的异常用量条数"),
        unit=zh("条"),
        compute=figures.open_abnormal,
        rows=figures.abnormal_rows,
        group=_GROUP,
        better="lower",
        permission=STATISTICS,
        order=63,
    ),
)
