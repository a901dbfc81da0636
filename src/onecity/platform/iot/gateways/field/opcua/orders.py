"""Orders: a node is written and read back, or a method is called; the server's own word counts."""

from collections.abc import Mapping

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.ua.uaerrors import UaError

from onecity.platform.iot.gateways.field.contract import Answered, CommandUnknown, FieldOrder, OrderState
from onecity.platform.iot.gateways.field.opcua.ways import Method, NodePoint, Nodes


async def carry_out(client: Client, device: Nodes, order: FieldOrder) -> Answered:
    """Do what an order says; return how it ended.

    Raises: CommandUnknown if the device's link knows no such order, or it says no number.
    """
    method = device.methods.get(order.code)
    try:
        if method is not None:
            return _ended(order, OrderState.DONE, await _called(client, method, order.arguments))
        point, value = _wanted(device, order)
        done, text = await _written(client.get_node(point.node), (value - point.offset) / point.scale)
        return _ended(order, OrderState.DONE if done else OrderState.FAILED, text)
    except UaError as error:
        return _ended(order, OrderState.FAILED, f"服务器拒绝：{type(error).__name__}")
    except (OSError, TimeoutError):
        return _ended(order, OrderState.FAILED, "服务器未应答，执行情况不明")


async def _written(node: Node, value: float) -> tuple[bool, str]:
    """Write a value in the node's own type, and read it back.

    Source: OPC 10000-4, 5.11.4 (Write): timestamps are left out, for many servers refuse to take them.
    """
    standing = (await node.read_data_value()).Value
    if standing is None:
        return False, "该节点没有可写的数值类型"
    kind = standing.VariantType
    wanted = _typed(kind, value)
    await node.write_value(ua.DataValue(ua.Variant(wanted, kind)))
    seen = await node.read_value()
    close = isinstance(seen, bool | int | float) and abs(float(seen) - float(wanted)) <= 1e-6 * max(1.0, abs(value))
    return close, f"已写入并读回{seen}" if close else f"已写入{wanted}，读回{seen}"


async def _called(client: Client, method: Method, arguments: Mapping[str, object]) -> str:
    """Call a method and return what it gave back.

    Source: OPC 10000-4, 5.12.2 (Call): arguments in the types that the method declares.
    """
    node = client.get_node(method.method)
    given = [arguments.get(name) for name in method.arguments]
    kinds: list[ua.VariantType] = []
    if given:
        declared = await (await node.get_child("0:InputArguments")).read_value()
        kinds = [ua.VariantType(item.DataType.Identifier) for item in declared]
    values = [
        ua.Variant(_typed(kind, value) if isinstance(value, int | float) else value, kind)
        for kind, value in zip(kinds, given, strict=True)
    ]
    found = await client.get_node(method.object).call_method(node.nodeid, *values)
    return "已执行" if found is None else f"已执行，返回{found}"


def _wanted(device: Nodes, order: FieldOrder) -> tuple[NodePoint, float]:
    for point in device.points:
        if order.code in point.writes:
            fixed = point.writes[order.code]
            value = fixed if fixed is not None else next(iter(order.arguments.values()), None)
            if isinstance(value, int | float):
                return point, float(value)
    raise CommandUnknown


def _typed(kind: ua.VariantType, value: float) -> bool | int | float:
    if kind is ua.VariantType.Boolean:
        return value != 0
    return float(value) if kind in {ua.VariantType.Float, ua.VariantType.Double} else round(value)


def _ended(order: FieldOrder, state: OrderState, text: str) -> Answered:
    return Answered(order.device_key, order.reference, state, text[:60])
