"""Batches as JSON and as multipart: parts in, answers out."""

import email.policy
import secrets
from collections.abc import Sequence
from email.message import MIMEPart
from email.parser import BytesParser

import orjson

from onecity.platform.iot.sensorthings.batch import MOST, BadBatch, Part, PartAnswer

_CRLF = b"\r\n"


def parts_of_json(body: bytes) -> list[Part]:
    """Return the parts of a JSON batch.

    Raises: BadBatch.
    Source: OData JSON Format 4.01, 19.1 (batch request).
    """
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadBatch(params={"text": "JSON"}) from None
    requests = told.get("requests") if isinstance(told, dict) else None
    if not isinstance(requests, list) or len(requests) > MOST:
        raise BadBatch(params={"text": "requests"})
    found = [_part(item) for item in requests]
    if len({part.id for part in found}) != len(found):
        raise BadBatch(params={"text": "id"})
    return found


def _part(item: object) -> Part:
    if not isinstance(item, dict):
        raise BadBatch(params={"text": "requests"})
    number, method, url = item.get("id"), item.get("method"), item.get("url")
    if not isinstance(number, str | int) or not isinstance(method, str) or not isinstance(url, str):
        raise BadBatch(params={"text": "id, method, url"})
    headers, after = item.get("headers") or {}, item.get("dependsOn") or []
    if not isinstance(headers, dict) or not isinstance(after, list):
        raise BadBatch(params={"text": "headers, dependsOn"})
    told = item.get("body")
    return Part(
        str(number),
        method.upper(),
        url,
        {str(name).lower(): str(value) for name, value in headers.items()},
        b"" if told is None else orjson.dumps(told),
        str(item.get("atomicityGroup") or ""),
        tuple(map(str, after)),
    )


def json_of_answers(answers: Sequence[PartAnswer]) -> bytes:
    """Return the answer to a JSON batch."""
    return orjson.dumps({"responses": [_told(answer) for answer in answers]})


def _told(answer: PartAnswer) -> dict[str, object]:
    shown: dict[str, object] = {"id": answer.part.id, "status": answer.status}
    if answer.headers:
        shown["headers"] = answer.headers
    if answer.body:
        is_json = "json" in answer.content_type
        shown["body"] = orjson.Fragment(answer.body) if is_json else answer.body.decode()
    if answer.part.group:
        shown["atomicityGroup"] = answer.part.group
    return shown


def parts_of_multipart(body: bytes, content_type: str) -> list[Part]:
    """Return the parts of a multipart batch; change sets are groups.

    Raises: BadBatch.
    Source: OGC 18-088, 11 (batch request); OData 4.0 part 1, 11.7.
    """
    message = BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body
    )
    if not message.is_multipart():
        raise BadBatch(params={"text": "multipart/mixed"})
    found: list[Part] = []
    for number, item in enumerate(message.iter_parts()):
        if item.get_content_maintype() == "multipart":
            found += [_request(inner, f"changeset{number}") for inner in item.iter_parts()]
        else:
            found.append(_request(item, ""))
    if len(found) > MOST:
        raise BadBatch(params={"text": str(MOST)})
    return found


def _request(item: MIMEPart, group: str) -> Part:
    payload = item.get_payload(decode=True)
    if item.get_content_type() != "application/http" or not isinstance(payload, bytes):
        raise BadBatch(params={"text": "application/http"})
    head, body = _split(payload.lstrip(b"\r\n"))
    lines = head.decode("utf-8", "replace").splitlines()
    words = lines[0].split() if lines else []
    if len(words) < 2:
        raise BadBatch(params={"text": lines[0][:60] if lines else "HTTP"})
    pairs = (line.partition(":") for line in lines[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Part(str(item.get("Content-ID", "")), words[0].upper(), words[1], headers, body.strip(b"\r\n"), group)


def _split(payload: bytes) -> tuple[bytes, bytes]:
    for gap in (b"\r\n\r\n", b"\n\n"):
        head, found, body = payload.partition(gap)
        if found:
            return head, body
    return payload, b""


def multipart_of_answers(groups: Sequence[Sequence[PartAnswer]]) -> tuple[bytes, str]:
    """Return the answer to a multipart batch, and its content type; a change set's answers share a part."""
    outer = f"batch_{secrets.token_hex(8)}"
    parts = []
    for group in groups:
        if group[0].part.group and group[0].status < 400:
            inner = f"changeset_{secrets.token_hex(8)}"
            body = _joined([_http(answer) for answer in group], inner)
            parts.append(f"Content-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode() + body)
        else:
            parts += [_http(answer) for answer in group]
    return _joined(parts, outer), f"multipart/mixed; boundary={outer}"


def _joined(parts: Sequence[bytes], boundary: str) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + _CRLF + part + _CRLF for part in parts) + mark + b"--" + _CRLF


def _http(answer: PartAnswer) -> bytes:
    own = f"Content-ID: {answer.part.id}\r\n" if answer.part.id else ""
    told = {"Content-Type": answer.content_type, **{name.title(): value for name, value in answer.headers.items()}}
    told["Content-Length"] = str(len(answer.body))
    headers = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    head = f"Content-Type: application/http\r\n{own}\r\nHTTP/1.1 {answer.status} \r\n{headers}\r\n"
    return head.encode() + answer.body
