"""The standard's code tables: systems, commands, and the two kinds of result."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.hj212.editions import Edition

SYSTEM_INTERACTION: Final = "91"

SYSTEMS: Final = MappingProxyType(
    {
        "21": zh("地表水质量监测"),
        "22": zh("空气质量监测"),
        "23": zh("声环境质量监测"),
        "24": zh("地下水质量监测"),
        "25": zh("土壤质量监测"),
        "26": zh("海水质量监测"),
        "27": zh("挥发性有机物监测"),
        "31": zh("大气环境污染源"),
        "32": zh("地表水体环境污染源"),
        "33": zh("地下水体环境污染源"),
        "34": zh("海洋环境污染源"),
        "35": zh("土壤环境污染源"),
        "36": zh("声环境污染源"),
        "37": zh("振动环境污染源"),
        "38": zh("放射性环境污染源"),
        "39": zh("工地扬尘污染源"),
        "41": zh("电磁环境污染源"),
        "51": zh("烟气排放过程监控"),
        "52": zh("污水排放过程监控"),
        SYSTEM_INTERACTION: zh("系统交互"),
    }
)
"""ST by code; A0 to Z9 are free for users. Source: HJ 212-2017, 6 (系统编码表)."""


class Sender(StrEnum):
    """Who may send a command: the platform (上位机), the field unit (现场机), or either."""

    HOST = "host"
    FIELD = "field"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Command:
    """One CN. edition: the first known to have it; those of 2025 come from one implementation, not from the text."""

    code: str
    name: str
    sender: Sender
    edition: Edition = Edition.HJ_2017


_ROWS: Final = (
    Command("1000", zh("设置超时时间及重发次数"), Sender.HOST),
    Command("1011", zh("提取或上传现场机时间"), Sender.BOTH),
    Command("1012", zh("设置现场机时间"), Sender.HOST),
    Command("1013", zh("现场机时间校准请求"), Sender.FIELD),
    Command("1061", zh("提取或上传实时数据间隔"), Sender.BOTH),
    Command("1062", zh("设置实时数据间隔"), Sender.HOST),
    Command("1063", zh("提取或上传分钟数据间隔"), Sender.BOTH),
    Command("1064", zh("设置分钟数据间隔"), Sender.HOST),
    Command("1072", zh("设置现场机密码"), Sender.HOST),
    Command("2011", zh("取或上传污染物实时数据"), Sender.BOTH),
    Command("2012", zh("停止察看污染物实时数据"), Sender.HOST),
    Command("2021", zh("取或上传设备运行状态数据"), Sender.BOTH),
    Command("2022", zh("停止察看设备运行状态"), Sender.HOST),
    Command("2031", zh("取或上传污染物日历史数据"), Sender.BOTH),
    Command("2041", zh("取或上传设备运行时间日历史数据"), Sender.BOTH),
    Command("2051", zh("取或上传污染物分钟数据"), Sender.BOTH),
    Command("2061", zh("取或上传污染物小时数据"), Sender.BOTH),
    Command("2081", zh("上传数采仪开机时间"), Sender.FIELD),
    Command("3011", zh("零点校准量程校准"), Sender.HOST),
    Command("3012", zh("即时采样"), Sender.HOST),
    Command("3013", zh("启动清洗或反吹"), Sender.HOST),
    Command("3014", zh("比对采样"), Sender.HOST),
    Command("3015", zh("超标留样"), Sender.BOTH),
    Command("3016", zh("设置采样时间周期"), Sender.HOST),
    Command("3017", zh("提取或上传采样时间周期"), Sender.BOTH),
    Command("3018", zh("提取或上传出样时间"), Sender.BOTH),
    Command("3019", zh("提取或上传设备唯一标识"), Sender.BOTH),
    Command("3020", zh("提取或上传现场机信息"), Sender.BOTH),
    Command("3021", zh("设置现场机参数"), Sender.HOST),
    Command("9011", zh("请求应答"), Sender.FIELD),
    Command("9012", zh("执行结果"), Sender.FIELD),
    Command("9013", zh("通知应答"), Sender.BOTH),
    Command("9014", zh("数据应答"), Sender.BOTH),
    Command("1001", zh("上传数采仪硬件标识"), Sender.FIELD, Edition.HJ_2025),
    Command("1002", zh("设置设备唯一标识"), Sender.HOST, Edition.HJ_2025),
    Command("1014", zh("更新密钥"), Sender.BOTH, Edition.HJ_2025),
    Command("2013", zh("上传监测原始数据"), Sender.FIELD, Edition.HJ_2025),
    Command("2052", zh("上传单个噪声事件数据"), Sender.FIELD, Edition.HJ_2025),
    Command("2062", zh("上传自动标样核查数据"), Sender.FIELD, Edition.HJ_2025),
    Command("2111", zh("上传炉膛温度五分钟均值"), Sender.FIELD, Edition.HJ_2025),
    Command("3022", zh("即时留样"), Sender.HOST, Edition.HJ_2025),
    Command("3024", zh("启动标样核查"), Sender.HOST, Edition.HJ_2025),
    Command("9015", zh("心跳"), Sender.FIELD, Edition.HJ_2025),
)

COMMANDS: Final = MappingProxyType({command.code: command for command in _ROWS})
"""CN by code. Source: HJ 212-2017, 6 (命令编码表)."""

REQUEST_RESULTS: Final = MappingProxyType(
    {
        1: zh("准备执行请求"),
        2: zh("请求被拒绝"),
        3: zh("访问密码（PW）错误"),
        4: zh("设备唯一标识（MN）错误"),
        5: zh("系统编码（ST）错误"),
        6: zh("标志（Flag）错误"),
        7: zh("请求编码（QN）错误"),
        8: zh("命令编码（CN）错误"),
        9: zh("CRC校验错误"),
        100: zh("未知错误"),
    }
)
"""QnRtn, what a field unit says to a request. Source: HJ 212-2017, 6 (请求命令返回表)."""

EXECUTION_RESULTS: Final = MappingProxyType(
    {
        1: zh("执行成功"),
        2: zh("执行失败，原因未知"),
        3: zh("执行条件不满足"),
        4: zh("执行超时"),
        5: zh("系统繁忙，不能执行"),
        6: zh("系统故障"),
        100: zh("没有数据"),
    }
)
"""ExeRtn, how a request ended. Source: HJ 212-2017, 6 (执行结果定义表)."""
