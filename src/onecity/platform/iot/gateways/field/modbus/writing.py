"""Orders: written once, then read back by a question of its own; only what is read back counts as done."""

from collections.abc import Mapping

from onecity.platform.iot.codecs.modbus import Area, DoesNotFit, Point, plan, registers_of
from onecity.platform.iot.gateways.field.contract import Answered, CommandUnknown, FieldOrder, OrderState
from onecity.platform.iot.gateways.field.modbus.asking import Channel, Lost, Refused, Unanswered
from onecity.platform.iot.gateways.field.modbus.ways import Unit


async def carry_out(channel: Channel, unit: Unit, order: FieldOrder) -> Answered:
    """Write what an order says and read it back; return how it ended.

    Raises: CommandUnknown if none of the device's points knows the order, or it says no number.
    """
    point, value = _wanted(unit, order.code, order.arguments)
    try:
        wanted = [int(value != 0)] if point.area is Area.COILS else registers_of(point, value)
    except DoesNotFit:
        return _ended(order, OrderState.FAILED, f"{value}超出该点的取值范围")
    try:
        await channel.write(point.area, point.address, wanted, unit=unit.unit, key=unit.key)
        seen = list(await channel.read(plan([point])[0], unit=unit.unit, key=unit.key))
    except Refused as error:
        return _ended(order, OrderState.FAILED, f"异常码{error}")
    except (Unanswered, Lost):
        return _ended(order, OrderState.FAILED, "设备未应答，执行情况不明")
    if seen == wanted:
        return _ended(order, OrderState.DONE, f"已写入并读回{value:g}")
    return _ended(order, OrderState.FAILED, f"已写入{value:g}，读回不一致")


def _wanted(unit: Unit, code: str, arguments: Mapping[str, object]) -> tuple[Point, float]:
    for point in unit.points:
        if code in point.writes:
            fixed = point.writes[code]
            value = fixed if fixed is not None else next(iter(arguments.values()), None)
            if isinstance(value, int | float):
                return point, float(value)
    raise CommandUnknown


def _ended(order: FieldOrder, state: OrderState, text: str) -> Answered:
    return Answered(order.device_key, order.reference, state, text[:60])
