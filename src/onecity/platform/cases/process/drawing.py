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
LINES: Final = 5
LINE: Final = 8


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element stands; pixels, and its column and row."""

    x: int
    y: int
    width: int
    height: int
    column: int
    row: int

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
    lane = TOP + ROW * max(box.row for box in boxes.values()) + ROW // 2
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
    for number, flow in enumerate(diagram.flows):
        source, target = boxes[flow.source], boxes[flow.target]
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow.id}_edge", bpmnElement=flow.id)
        for x, y in _way(source, target, lane=lane, number=number):
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=str(x), y=str(y))
        lane += 2 * LINE if target.column <= source.column else 0
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}'


def _boxes(diagram: Diagram) -> Mapping[str, Box]:
    columns: dict[int, list[str]] = {}
    for node, rank in _ranks(diagram).items():
        columns.setdefault(rank, []).append(node)
    boxes = {}
    for rank, nodes in columns.items():
        for row, node in enumerate(nodes):
            width, height = _size(node, diagram)
            boxes[node] = Box(
                LEFT + rank * COLUMN - width // 2, TOP + row * ROW - height // 2, width, height, rank, row
            )
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


def _way(source: Box, target: Box, *, lane: int, number: int) -> list[tuple[int, int]]:
    """Return the points of a flow: up and down in the gaps between columns, along in those between rows.

    lane: below all rows, where a flow back runs. number: of the flow, which keeps lines of one gap apart.
    """
    begin, end = (source.x + source.width, source.middle), (target.x, target.middle)
    aside = number % LINES * LINE - LINES // 2 * LINE
    leaves = LEFT + source.column * COLUMN + COLUMN // 2 + aside
    if target.column == source.column + 1:
        return [begin, end] if begin[1] == end[1] else [begin, (leaves, begin[1]), (leaves, end[1]), end]
    arrives = LEFT + target.column * COLUMN - COLUMN // 2 + aside
    along = lane
    if target.column > source.column:
        along = TOP + max(source.row, target.row) * ROW + ROW // 2 + aside
    return [begin, (leaves, begin[1]), (leaves, along), (arrives, along), (arrives, end[1]), end]
