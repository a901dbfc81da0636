"""Diagrams for tests, written as short lists; drawn in one row so that the viewer has something to show."""

from xml.sax.saxutils import escape, quoteattr

from onecity.platform.cases.process.elements import BPMN, CITY

_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:city="{CITY}"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="https://onecity.example/tests">'
)


def user(node: str, name: str, *outcomes: str, **attributes: str) -> str:
    """Write a user task. An outcome is `code:name`, with `!` for a reason, `+` for files, `@` for an organisation."""
    city = {"stage": node, "post": "cases.answer", "assign": "owner", **attributes}
    parts = "".join(_outcome(item) for item in outcomes)
    return (
        f'<bpmn:userTask id="{node}" name={quoteattr(name)} '
        + " ".join(f"city:{key}={quoteattr(value)}" for key, value in city.items())
        + f"><bpmn:extensionElements>{parts}</bpmn:extensionElements></bpmn:userTask>"
    )


def _outcome(text: str) -> str:
    code, _, name = text.partition(":")
    flags = "".join(
        f' {flag}="true"' for sign, flag in (("!", "reason"), ("+", "files"), ("@", "organisation")) if sign in code
    )
    return f'<city:outcome code="{code.strip("!+@")}" name={quoteattr(name)}{flags} />'


def start(node: str = "start") -> str:
    """Write a start event."""
    return f'<bpmn:startEvent id="{node}" />'


def end(node: str = "end", result: str = "closed", *, terminates: bool = False) -> str:
    """Write an end event."""
    inner = "<bpmn:terminateEventDefinition />" if terminates else ""
    return f'<bpmn:endEvent id="{node}" city:result="{result}">{inner}</bpmn:endEvent>'


def choice(node: str, default: str = "") -> str:
    """Write an exclusive gateway."""
    return f'<bpmn:exclusiveGateway id="{node}"' + (f' default="{default}"' if default else "") + " />"


def parallel(node: str) -> str:
    """Write a parallel gateway."""
    return f'<bpmn:parallelGateway id="{node}" />'


def service(node: str, action: str, **parameters: str) -> str:
    """Write a service task."""
    parts = "".join(f'<city:parameter name="{key}" value={quoteattr(value)} />' for key, value in parameters.items())
    return (
        f'<bpmn:serviceTask id="{node}" name="{node}" city:action="{action}">'
        f"<bpmn:extensionElements>{parts}</bpmn:extensionElements></bpmn:serviceTask>"
    )


def flow(text: str) -> str:
    """Write a flow: `source > target` or `source > target : condition`; its id is `source-target`."""
    way, _, condition = text.partition(" : ")
    source, target = (part.strip() for part in way.split(">"))
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{source}-{target}" {ends}>{inner}</bpmn:sequenceFlow>'


def process(*nodes: str, flows: str, process_id: str = "process") -> str:
    """Write a whole file. flows: one a line, as `flow` takes them."""
    lines = [line.strip() for line in flows.strip().splitlines()]
    body = "".join(nodes) + "".join(flow(line) for line in lines)
    return (
        f'{_HEAD}<bpmn:process id="{process_id}" name="测试流程" isExecutable="true">{body}</bpmn:process>'
        "</bpmn:definitions>"
    )


COMPLAINT = process(
    start(),
    user("accept", "受理", "accept:受理", "void!:不予受理", limit="accept"),
    choice("accepted", "accepted-handle"),
    user("handle", "处置", "done+:处置完毕", "return!:退回", assign="handler", limit="class:handle", pauses=""),
    choice("handled", "handled-check"),
    user("check", "核查", "pass:通过", "redo!:返工", assign="division", limit="check"),
    choice("checked", "checked-end"),
    end(),
    end("dropped", "void"),
    flows="""
    start > accept
    accept > accepted
    accepted > handle
    accepted > dropped : outcome == "void"
    handle > handled
    handled > check
    handled > accept : outcome == "return"
    check > checked
    checked > end
    checked > handle : outcome == "redo"
    """,
)

PARALLEL = process(
    start(),
    choice("m"),
    parallel("fork"),
    user("a", "甲", "ok:好", "back:退"),
    user("b", "乙", "ok:好", "back:退"),
    parallel("join"),
    choice("again", "again-c"),
    user("c", "丙", "ok:好"),
    end(),
    flows="""
    start > m
    m > fork
    fork > a
    fork > b
    a > join
    b > join
    join > again
    again > c
    again > m : outcome == "back"
    c > end
    """,
)
