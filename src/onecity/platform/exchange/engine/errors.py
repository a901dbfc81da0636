"""Why a run ends without touching its target."""

from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh


class ThresholdExceeded(Conflict):
    """Too many rows were refused; the target is as it was."""

    code = "exchange.threshold_exceeded"
    message = zh("本次共读取{read}行，其中{refused}行不合格，超过阈值，运行已停止，目标数据未改动")


class BeyondGrant(NotPermitted):
    """The plan asks for a column that the grant does not cover."""

    code = "exchange.beyond_grant"
    message = zh("授权范围不包括字段“{column}”")
