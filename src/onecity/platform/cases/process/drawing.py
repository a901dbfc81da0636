"""Draws a diagram that came without a drawing, for people to see and edit: columns by distance from the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from onecity.platform.cases.process.elements import Diagram

DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DD: Final = "http://www.omg.org/spec/DD/20100524/DI"
COLUMN: Final = 190
ROW: Final = 120
LEFT: Final = 160
TOP: Final = 120


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element stands; pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Return the vertical middle."""
        return self.y + self.height // 2


def drawn(xml: str, diagram: Diagram) -> str:
    """Return the XML with a drawing; one that has one already is returned as it is."""
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root.find(f"{{{DI}}}BPMNDiagram") is not None:
        return xml
    boxes = _boxes(diagram)
    etree.cleanup_namespaces(
        root, top_nsmap={"bpmndi": DI, "dc": DC, "di": DD}, keep_ns_prefixes=["bpmn", "xsi", "city"]
    )
    picture = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id="diagram")
    plane = etree.SubElement(picture, f"{{{DI}}}BPMNPlane", id="plane", bpmnElement=diagram.process_id)
    for node, box in boxes.items():
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{node}_shape", bpmnElement=node)
        if node in diagram.gateways:
            shape.set("isMarkerVisible", "true")
        sizes = {name: str(getattr(box, name)) for name in ("x", "y", "width", "height")}
        etree.SubElement(shape, f"{{{DC}}}Bounds", sizes)
    for flow in diagram.flows:
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow.id}_edge", bpmnElement=flow.id)
        for x, y in _way(boxes[flow.source], boxes[flow.target]):
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=str(x), y=str(y))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}'


def _boxes(diagram: Diagram) -> Mapping[str, Box]:
    columns: dict[int, list[str]] = {}
    for node, rank in _ranks(diagram).items():
        columns.setdefault(rank, []).append(node)
    boxes = {}
    for rank, nodes in columns.items():
        for row, node in enumerate(nodes):
            width, height = _size(node, diagram)
            boxes[node] = Box(LEFT + rank * COLUMN - width // 2, TOP + row * ROW - height // 2, width, height)
    return boxes


def _ranks(diagram: Diagram) -> dict[str, int]:
    ranks = dict.fromkeys(diagram.starts, 0)
    waiting = list(diagram.starts)
    while waiting:
        node = waiting.pop(0)
        for flow in diagram.leaving(node):
            if flow.target not in ranks:
                ranks[flow.target] = ranks[node] + 1
                waiting.append(flow.target)
    return {**ranks, **{node: 0 for node in diagram.nodes if node not in ranks}}


def _size(node: str, diagram: Diagram) -> tuple[int, int]:
    if node in diagram.gateways:
        return 50, 50
    return (120, 76) if node in diagram.user_tasks or node in diagram.service_tasks else (36, 36)


def _way(source: Box, target: Box) -> list[tuple[int, int]]:
    """Return the points of a flow: straight ahead, round the corner, or back below everything between."""
    begin, end = (source.x + source.width, source.middle), (target.x, target.middle)
    if target.x > source.x:
        if source.middle == target.middle:
            return [begin, end]
        corner = source.x + source.width // 2
        return [(corner, source.y + (source.height if end[1] > begin[1] else 0)), (corner, end[1]), end]
    low = max(source.y + source.height, target.y + target.height) + ROW // 3
    start_x, end_x = source.x + source.width // 2, target.x + target.width // 2
    return [(start_x, source.y + source.height), (start_x, low), (end_x, low), (end_x, target.y + target.height)]
