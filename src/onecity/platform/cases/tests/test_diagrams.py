"""Diagrams: what is read, what is refused, how they are drawn and compared."""

from itertools import pairwise

import pytest
from lxml import etree

from onecity.platform.cases.process.checks import faults_of
from onecity.platform.cases.process.comparison import differences
from onecity.platform.cases.process.drawing import DI, drawn
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.tests.diagrams import (
    COMPLAINT,
    PARALLEL,
    choice,
    end,
    flow,
    parallel,
    process,
    service,
    start,
    user,
)
from onecity.platform.cases.tests.reading import KNOWN, faults, one_step, settings


def test_complaint_is_without_fault() -> None:
    assert faults(COMPLAINT) == {}


SCRIPT = '<bpmn:scriptTask id="evil" name="x"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
PRE_SCRIPT = (
    '<bpmn:userTask id="evil" name="x" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">'
    "<bpmn:extensionElements><spiffworkflow:preScript>import os</spiffworkflow:preScript></bpmn:extensionElements>"
    "</bpmn:userTask>"
)
LOOP = (
    '<bpmn:userTask id="evil" name="x"><bpmn:multiInstanceLoopCharacteristics>'
    "<bpmn:loopCardinality>__import__('os')</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
)


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (SCRIPT, "脚本任务"),
        (PRE_SCRIPT, "preScript"),
        (LOOP, "多实例"),
        ('<bpmn:callActivity id="evil" calledElement="other" />', "调用活动"),
        ('<bpmn:subProcess id="evil" />', "子流程"),
        ('<bpmn:dataObject id="evil" />', "数据对象"),
        ('<bpmn:businessRuleTask id="evil" />', "businessRuleTask"),
        ('<bpmn:intermediateCatchEvent id="evil"><bpmn:timerEventDefinition /></bpmn:intermediateCatchEvent>', "Catch"),
        ('<bpmn:userTask id="evil" name="x"><bpmn:ioSpecification /></bpmn:userTask>', "ioSpecification"),
        (
            '<bpmn:userTask id="evil" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="x" />',
            "assig",
        ),
    ],
)
def test_what_could_run_code_or_is_not_supported_is_refused_with_its_id(node: str, word: str) -> None:
    found = faults(one_step(node, user("a", "办理", "ok:好")))
    assert word in found["evil"]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("__import__('os').system('x')", "不认识"),
        ("outcome.upper() == 'X'", "不认识"),
        ("open('x') == 1", "没有登记"),
        ("secret == 1", "没有声明"),
        ("outcome == 'acept'", "没有任务会给出"),
        ("'acept' == outcome", "没有任务会给出"),
        ("outcome in ('ok', 'acept')", "没有任务会给出"),
        ("not (outcome == 'acept' or depth > 1)", "没有任务会给出"),
    ],
)
def test_condition_that_is_python_or_names_nothing_is_refused(condition: str, sentence: str) -> None:
    xml = process(
        start(),
        user("a", "办理", "ok:好"),
        choice("g", "g-end"),
        end(),
        flows=f"start > a\na > g\ng > end\ng > a : {condition}",
    )
    assert sentence in faults(xml)["g-a"]


def test_every_rule_of_user_tasks_is_checked() -> None:
    bad = user(
        "a",
        "",
        "ok:",
        "ok:好",
        stage="none",
        post="none",
        assign="anybody",
        limit="soon",
        pauses="nobody case",
        form="f",
    )
    reading = Reading(one_step(bad))
    assert reading.diagram is not None
    sentences = " ".join(
        fault.text() for fault in faults_of(reading.diagram, settings=settings(), known=KNOWN) if fault.element == "a"
    )
    for word in ("没有名称", "岗位权限", "承办方式", "阶段", "表单", "时限", "计时", "编码重复", "编码（英文标识）"):
        assert word in sentences
    assert "至少要有一个处理结果" in faults(one_step(user("a", "办理")))["a"]


@pytest.mark.parametrize(
    ("xml", "element", "word"),
    [
        (one_step(user("a", "办理", "ok:好"), start("second")), "process", "恰好有一个开始事件"),
        (process(start(), user("a", "办理", "ok:好"), flows="start > a"), "process", "结束事件"),
        (one_step(user("a", "办理", "ok:好"), user("b", "孤立", "ok:好")), "b", "走不到此元素"),
        (one_step(flows="start > a\na > end\na > nowhere"), "a-nowhere", "没有接在"),
        (one_step(flows="start > a\na > end\nend > a"), "end", "不能有流出"),
        (one_step(service("a", "cases.unknown")), "a", "没有登记"),
        (one_step(service("a", "cases.set_value", other="x")), "a", "没有参数"),
        (process(start(), user("a", "办理", "ok:好"), end(result="won"), flows="start > a\na > end"), "end", "closed"),
        (one_step(user("a", "办理", "ok:好"), flows="start > a : depth > 1\na > end"), "start-a", "只有排他网关"),
        (one_step(user("a", "办理", "ok:好"), choice("g"), flows="start > a\na > g\ng > end\ng > a"), "g", "默认"),
        (
            one_step(
                user("a", "好", "ok:好"), choice("g", "g-end"), flows="start > a\na > g\ng > a\ng > end : depth > 1"
            ),
            "g-end",
            "默认连线不能有条件",
        ),
        (
            one_step(user("a", "办理", "ok:好"), choice("g", "g-end"), flows="start > a\na > g\ng > end\ng > a"),
            "g-a",
            "非默认连线须有条件",
        ),
        (
            one_step(user("a", "好", "ok:好"), parallel("p"), flows="start > p\na > p\np > a\np > end"),
            "p",
            "分成两个网关",
        ),
        (one_step(parallel("g"), user("a", "办理", "ok:好"), flows="start > a\na > g"), "g", "没有流出"),
        (
            one_step(
                user("a", "好", "ok:好"),
                choice("g", "g-h"),
                choice("h", "h-g"),
                flows="start > a\na > g\ng > h\nh > g\nh > end : depth > 1\ng > end : depth > 2",
            ),
            "g",
            "无休止",
        ),
        (
            one_step(
                user("a", "好", "ok:好"),
                user("b", "陷阱", "ok:好"),
                choice("g", "g-b"),
                flows="start > a\na > end\nstart > g\ng > b\nb > g",
            ),
            "b",
            "走不到任何结束事件",
        ),
    ],
)
def test_fault_in_the_shape_names_the_element(xml: str, element: str, word: str) -> None:
    reading = Reading(xml)
    found = [*reading.faults]
    if reading.diagram:
        found += faults_of(reading.diagram, settings=settings(), known=KNOWN)
    assert any(fault.element == element and word in fault.text() for fault in found), [
        (fault.element, fault.text()) for fault in found
    ]


@pytest.mark.parametrize(
    ("xml", "word"),
    [
        ("not xml", "有效的 XML"),
        ("<a/>", "不是 BPMN"),
        (f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{COMPLAINT.partition('?>')[2]}", "DOCTYPE"),
        ("x" * 1_000_001, "过大"),
        (COMPLAINT.replace('isExecutable="true"', ""), "恰好有一个可执行"),
        (COMPLAINT.replace('<bpmn:endEvent id="end"', '<bpmn:endEvent id="accept"'), "重复"),
        (COMPLAINT.replace('<bpmn:endEvent id="end"', "<bpmn:endEvent"), "缺少编号"),
        (one_step(*(user(f"n{n}", "办理", "ok:好") for n in range(310))), "至多300个"),
    ],
)
def test_file_that_is_no_safe_bpmn_is_refused(xml: str, word: str) -> None:
    reading = Reading(xml)
    assert any(word in fault.text() for fault in reading.faults)


def test_diagram_without_a_drawing_is_drawn_once() -> None:
    for xml in (COMPLAINT, PARALLEL):
        diagram = Reading(xml).diagram
        assert diagram is not None
        picture = drawn(xml, diagram)
        again = Reading(picture)
        assert again.faults == []
        assert again.diagram == diagram
        assert drawn(picture, diagram) == picture
        assert all(f'bpmnElement="{node}"' in picture for node in diagram.nodes)
        assert all(f'bpmnElement="{item.id}"' in picture for item in diagram.flows)


@pytest.mark.parametrize("xml", [COMPLAINT, PARALLEL], ids=["complaint", "parallel"])
def test_drawn_flows_run_through_no_element(xml: str) -> None:
    diagram = Reading(xml).diagram
    assert diagram is not None
    root = etree.fromstring(drawn(xml, diagram).encode())
    boxes = [
        [int(shape[0].get(name, "")) for name in ("x", "y", "width", "height")]
        for shape in root.iter(f"{{{DI}}}BPMNShape")
    ]
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = [(int(point.get("x", "")), int(point.get("y", ""))) for point in edge]
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2
            for x, y, width, height in boxes:
                inside = max(x1, x2) > x and min(x1, x2) < x + width and max(y1, y2) > y and min(y1, y2) < y + height
                assert not inside, (edge.get("id"), (x1, y1), (x2, y2))


def test_differences_name_what_was_added_removed_and_changed() -> None:
    before = Reading(one_step()).diagram
    after = Reading(
        process(start(), user("a", "办理了", "ok:好", "no!:不"), user("b", "复核", "ok:好"), end(),
                flows="start > a\na > b\nb > end")
    ).diagram  # fmt: skip
    assert before is not None
    assert after is not None
    found = {item.element: item for item in differences(before, after)}
    assert {key: item.kind for key, item in found.items()} == {
        "a": "changed",
        "b": "added",
        "a-b": "added",
        "b-end": "added",
        "a-end": "removed",
    }
    assert {name for name, _, _ in found["a"].fields} == {"name", "outcomes"}
    assert "reason=True" in {name: new for name, _, new in found["a"].fields}["outcomes"]
    assert differences(after, after) == []


def test_flow_writer_escapes_signs() -> None:
    assert "&lt;" in flow("a > b : depth < 3")
