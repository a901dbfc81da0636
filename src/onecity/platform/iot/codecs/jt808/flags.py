"""Alarm and status bits of a location report, with the codes under which they become readings of 0 and 1."""

from typing import Final, NamedTuple

from onecity.kernel.text import zh


class Flag(NamedTuple):
    """One bit. code: of the property. confirmed: the terminal clears it once the platform has answered."""

    bit: int
    code: str
    title: str
    since_2019: bool = False
    confirmed: bool = False


ALARMS: Final = (
    Flag(0, "alarm_sos", zh("紧急报警"), confirmed=True),
    Flag(1, "alarm_overspeed", zh("超速报警")),
    Flag(2, "alarm_fatigue", zh("疲劳驾驶报警")),
    Flag(3, "alarm_danger", zh("危险驾驶行为报警"), confirmed=True),
    Flag(4, "alarm_gnss_fault", zh("卫星定位模块故障")),
    Flag(5, "alarm_antenna_open", zh("卫星定位天线未接或被剪断")),
    Flag(6, "alarm_antenna_short", zh("卫星定位天线短路")),
    Flag(7, "alarm_power_low", zh("终端主电源欠压")),
    Flag(8, "alarm_power_off", zh("终端主电源掉电")),
    Flag(9, "alarm_display_fault", zh("终端显示器故障")),
    Flag(10, "alarm_speech_fault", zh("语音合成模块故障")),
    Flag(11, "alarm_camera_fault", zh("摄像头故障")),
    Flag(12, "alarm_card_fault", zh("道路运输证卡模块故障")),
    Flag(13, "alarm_overspeed_near", zh("超速预警")),
    Flag(14, "alarm_fatigue_near", zh("疲劳驾驶预警")),
    Flag(15, "alarm_forbidden_time", zh("违规行驶报警"), since_2019=True),
    Flag(16, "alarm_tyre_pressure_near", zh("胎压预警"), since_2019=True),
    Flag(17, "alarm_blind_zone", zh("右转盲区异常报警"), since_2019=True),
    Flag(18, "alarm_driving_time", zh("当天累计驾驶超时")),
    Flag(19, "alarm_parking_time", zh("超时停车")),
    Flag(20, "alarm_area", zh("进出区域报警"), confirmed=True),
    Flag(21, "alarm_route", zh("进出路线报警"), confirmed=True),
    Flag(22, "alarm_segment_time", zh("路段行驶时间不足或过长"), confirmed=True),
    Flag(23, "alarm_off_route", zh("路线偏离报警")),
    Flag(24, "alarm_speed_sensor_fault", zh("车速传感器故障")),
    Flag(25, "alarm_fuel", zh("油量异常")),
    Flag(26, "alarm_stolen", zh("车辆被盗")),
    Flag(27, "alarm_ignition", zh("车辆非法点火"), confirmed=True),
    Flag(28, "alarm_displacement", zh("车辆非法位移"), confirmed=True),
    Flag(29, "alarm_collision", zh("碰撞报警")),
    Flag(30, "alarm_rollover", zh("侧翻报警")),
    Flag(31, "alarm_door", zh("非法开门报警"), confirmed=True),
)
"""Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (报警标志位)."""

SOUTH: Final = 1 << 2
WEST: Final = 1 << 3
LOCATED: Final = 1 << 1
ENCRYPTED: Final = 1 << 5

STATES: Final = (
    Flag(0, "ignition", zh("点火开关")),
    Flag(1, "located", zh("已定位")),
    Flag(4, "out_of_service", zh("停运状态")),
    Flag(6, "collision_warning", zh("前撞预警"), since_2019=True),
    Flag(7, "lane_departure", zh("车道偏移预警"), since_2019=True),
    Flag(10, "oil_cut", zh("车辆油路断开")),
    Flag(11, "circuit_cut", zh("车辆电路断开")),
    Flag(12, "doors_locked", zh("车门加锁")),
    Flag(13, "door_1", zh("前门开")),
    Flag(14, "door_2", zh("中门开")),
    Flag(15, "door_3", zh("后门开")),
    Flag(16, "door_4", zh("驾驶席门开")),
    Flag(17, "door_5", zh("自定义门开")),
)
"""Bits that change with what the vehicle does; those that qualify the position are used where it is read.

Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (状态位).
"""

ALWAYS_TOLD: Final = 0b11
"""Ignition and fix are told in every report."""

LOAD_SHIFT: Final = 8
"""Bits 8 and 9: 0 empty, 1 half, 3 full."""


def set_flags(flags: tuple[Flag, ...], bits: int, *, of_2019: bool) -> list[Flag]:
    """Return the flags of an edition that are set in `bits`.."""
    return [flag for flag in flags if bits >> flag.bit & 1 and (of_2019 or not flag.since_2019)]
