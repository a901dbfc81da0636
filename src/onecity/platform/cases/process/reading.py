"""Reads BPMN XML into a diagram; whatever this engine does not run is refused, with its id."""

from typing import Any, Final, TypeAlias

from lxml import etree

from onecity.kernel.text import zh
from onecity.platform.cases.declare import TONES
from onecity.platform.cases.process.elements import (
    BPMN,
    CITY,
    Diagram,
    End,
    Flow,
    Gateway,
    ServiceTask,
    UserTask,
)
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.outcomes import OutcomeRule

LARGEST: Final = 1_000_000
MOST_NODES: Final = 300
_DRAWING: Final = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
    }
)
_ROOT: Final = frozenset({"process", "collaboration", "participant", "documentation"})
_NODES: Final = frozenset(
    {"startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "sequenceFlow"}
)
_SILENT: Final = frozenset(
    {
        "incoming", "outgoing", "conditionExpression", "documentation", "extensionElements", "terminateEventDefinition",
        "textAnnotation", "association", "text", "laneSet", "lane", "flowNodeRef",
    }
)  # fmt: skip
_ALLOWED: Final = _ROOT | _NODES | _SILENT
_CITY_ELEMENTS: Final = frozenset({"outcome", "parameter"})
_SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMES: Final = {
    "scriptTask": zh("脚本任务"),
    "callActivity": zh("调用活动"),
    "subProcess": zh("子流程"),
    "boundaryEvent": zh("边界事件"),
    "dataObject": zh("数据对象"),
    "dataObjectReference": zh("数据对象"),
    "multiInstanceLoopCharacteristics": zh("多实例"),
    "standardLoopCharacteristics": zh("循环"),
    "inclusiveGateway": zh("包容网关"),
}

Element: TypeAlias = Any  # lxml has no types


class Reading:
    """One reading: the diagram, if there is one, and what is wrong."""

    def __init__(self, xml: str) -> None:
        self.faults: list[Fault] = []
        self.diagram: Diagram | None = None
        root = self._root(xml)
        if root is None:
            return
        self._check_elements(root)
        processes = [item for item in root.iter(f"{{{BPMN}}}process") if item.get("isExecutable") == "true"]
        if len(processes) != 1:
            self.faults.append(Fault("definitions", zh("流程图应恰好有一个可执行的流程")))
        elif not self.faults:
            self.diagram = _diagram(processes[0])

    def _root(self, xml: str) -> Element | None:
        if len(xml) > LARGEST:
            self.faults.append(Fault("definitions", zh("流程文件过大")))
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(xml.encode(), parser)
        except (etree.XMLSyntaxError, ValueError):
            self.faults.append(Fault("definitions", zh("流程文件不是有效的 XML")))
            return None
        if root.getroottree().docinfo.doctype:
            self.faults.append(Fault("definitions", zh("流程文件不能含有 DOCTYPE")))
            return None
        if root.tag != f"{{{BPMN}}}definitions":
            self.faults.append(Fault("definitions", zh("流程文件不是 BPMN 2.0")))
            return None
        return root

    def _check_elements(self, root: Element) -> None:
        seen: set[str] = set()
        count, ahead = 0, list(root)
        while ahead:
            item = ahead.pop(0)
            if not isinstance(item.tag, str) or etree.QName(item).namespace in _DRAWING:
                continue
            count += _local(item) in _NODES
            if self._check_name(item):
                self._check_attributes(item)
                self._check_identity(item, seen)
                ahead[:0] = list(item)
        if count > MOST_NODES:
            self.faults.append(Fault("definitions", zh("流程图过大（至多{most}个元素）"), {"most": MOST_NODES}))

    def _check_name(self, item: Element) -> bool:
        """Say whether an element is one of ours; what stands inside one that is refused need not be told."""
        namespace, local = etree.QName(item).namespace, _local(item)
        if (namespace == BPMN and local in _ALLOWED) or (namespace == CITY and local in _CITY_ELEMENTS):
            return True
        self.faults.append(Fault(_place(item), zh("不支持的元素：{name}"), {"name": _NAMES.get(local, local)}))
        return False

    def _check_identity(self, item: Element, seen: set[str]) -> None:
        identity = item.get("id", "")
        if _local(item) in _NODES and not identity:
            self.faults.append(Fault("definitions", zh("元素“{name}”缺少编号"), {"name": _local(item)}))
        if identity in seen:
            self.faults.append(Fault(identity, zh("编号“{id}”重复"), {"id": identity}))
        if identity:
            seen.add(identity)

    def _check_attributes(self, item: Element) -> None:
        for attribute in item.attrib:
            namespace = etree.QName(attribute).namespace
            if namespace not in {None, CITY, _SCHEMA_INSTANCE}:
                self.faults.append(
                    Fault(_place(item), zh("不支持的扩展属性：{name}"), {"name": etree.QName(attribute).localname})
                )


def _local(item: Element) -> str:
    return str(etree.QName(item).localname)


def _place(item: Element) -> str:
    """Return the id of the element, or of the nearest one above that has one."""
    current: Element | None = item
    while current is not None:
        identity = current.get("id")
        if identity:
            return str(identity)
        current = current.getparent()
    return "definitions"


def _diagram(process: Element) -> Diagram:
    def found(*names: str) -> list[Element]:
        return [item for item in process.iterchildren() if isinstance(item.tag, str) and _local(item) in names]

    return Diagram(
        process_id=process.get("id", ""),
        name=process.get("name", ""),
        starts=tuple(item.get("id", "") for item in found("startEvent")),
        user_tasks={item.get("id", ""): _user_task(item) for item in found("userTask")},
        service_tasks={item.get("id", ""): _service_task(item) for item in found("serviceTask")},
        gateways={item.get("id", ""): _gateway(item) for item in found("exclusiveGateway", "parallelGateway")},
        ends={item.get("id", ""): _end(item) for item in found("endEvent")},
        flows=tuple(_flow(item) for item in found("sequenceFlow")),
    )


def _city(item: Element, name: str, default: str = "") -> str:
    return str(item.get(f"{{{CITY}}}{name}", default)).strip()


def _user_task(item: Element) -> UserTask:
    return UserTask(
        id=item.get("id", ""),
        name=item.get("name", ""),
        stage=_city(item, "stage"),
        post=_city(item, "post"),
        assign=_city(item, "assign", "owner"),
        limit=_city(item, "limit"),
        warn=_city(item, "warn"),
        pauses=tuple(_city(item, "pauses").split()),
        continues=_city(item, "continues") == "true",
        form=_city(item, "form"),
        pick=_city(item, "pick"),
        outcomes=tuple(_outcome(part) for part in item.iter(f"{{{CITY}}}outcome")),
    )


def _outcome(item: Element) -> OutcomeRule:
    tone = next((known for known in TONES if known == item.get("tone")), TONES[1])
    return OutcomeRule(
        code=item.get("code", ""),
        name=item.get("name", ""),
        tone=tone,
        reason=item.get("reason") == "true",
        files=item.get("files") == "true",
        organisation=item.get("organisation") == "true",
    )


def _service_task(item: Element) -> ServiceTask:
    parameters = {part.get("name", ""): part.get("value", "") for part in item.iter(f"{{{CITY}}}parameter")}
    return ServiceTask(item.get("id", ""), item.get("name", ""), _city(item, "action"), parameters)


def _gateway(item: Element) -> Gateway:
    return Gateway(item.get("id", ""), _local(item), item.get("default", ""))


def _end(item: Element) -> End:
    terminates = item.find(f"{{{BPMN}}}terminateEventDefinition") is not None
    return End(item.get("id", ""), item.get("name", ""), _city(item, "result", "closed"), terminates)


def _flow(item: Element) -> Flow:
    condition = item.find(f"{{{BPMN}}}conditionExpression")
    text = (condition.text or "").strip() if condition is not None else ""
    return Flow(item.get("id", ""), item.get("sourceRef", ""), item.get("targetRef", ""), text)
