"""Answers to packets, singly and for many uploads at once."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.hj212.checksum import crc16_batch
from onecity.platform.iot.codecs.hj212.editions import ANSWER_WANTED, IN_PARTS
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue
from onecity.platform.iot.codecs.hj212.tables import SYSTEM_INTERACTION

_DATA_ANSWER: Final = "9014"


class Head(NamedTuple):
    """What stays the same from upload to upload of one device: everything before the data area but the QN.

    answer: the data segment of its 9014 answer, but the QN.
    """

    st: str
    cn: str
    mn: str
    pw: str | None
    flag: int | None
    answer_wanted: bool
    answer: bytes


def head_of(upload: Packet) -> Head:
    """Return the head of an upload as read."""
    answer = data_answer(upload)
    fields = (("ST", answer.st), ("CN", answer.cn), ("PW", answer.pw), ("MN", answer.mn), ("Flag", answer.flag))
    rest = "".join(f"{name}={value};" for name, value in fields if value is not None) + "CP=&&&&"
    return Head(upload.st, upload.cn, upload.mn, upload.pw, upload.flag, upload.answer_wanted, rest.encode())


def data_answer(upload: Packet) -> Packet:
    """Answer 9014: the data of `upload` have been stored.

    Send it only after the readings are durable; the field unit then deletes or stops repeating them.
    Source: HJ 212-2017, 6 (应答模式) and appendix C.
    """
    return _answer(upload, cn=_DATA_ANSWER)


def notice_answer(notice: Packet) -> Packet:
    """Answer 9013: the notice (1013, 2012, 2022) has arrived. Source: HJ 212-2017, 6 (应答模式) and appendix C."""
    return _answer(notice, cn="9013")


def request_answer(request: Packet, *, result: int) -> Packet:
    """Answer 9011, which a field unit gives to a request. result: a key of `REQUEST_RESULTS`.

    Source: HJ 212-2017, 6 (应答模式) and appendix C.
    """
    return _answer(request, cn="9011", items=(Item("QnRtn", (SubValue("", str(result)),)),))


def execution_answer(request: Packet, *, result: int) -> Packet:
    """Answer 9012, with which a field unit ends a request. result: a key of `EXECUTION_RESULTS`.

    Source: HJ 212-2017, 6 (应答模式) and appendix C.
    """
    return _answer(request, cn="9012", items=(Item("ExeRtn", (SubValue("", str(result)),)),))


def _answer(asked: Packet, *, cn: str, items: tuple[Item, ...] = ()) -> Packet:
    flag = None if asked.flag is None else asked.flag & ~(ANSWER_WANTED | IN_PARTS)  # no answer to an answer
    return Packet(st=SYSTEM_INTERACTION, cn=cn, mn=asked.mn, pw=asked.pw, qn=asked.qn, flag=flag, items=items)


def data_answers(uploads: Sequence[tuple[Head, bytes]]) -> list[bytes]:
    """Return the 9014 answers to many uploads as bytes, in their order.

    uploads: head and QN (empty where the upload had none) of each, as `ReadingBatch` gives them.
    Equal to `encode(data_answer(…))` of each. Source: HJ 212-2017, 6 (应答模式) and appendix C.
    """
    segments = [(b"QN=%b;%b" % (qn, head.answer) if qn else head.answer) for head, qn in uploads]
    codes = crc16_batch(segments).tolist()
    return [b"##%04d%b%04X\r\n" % (len(segment), segment, code) for segment, code in zip(segments, codes, strict=True)]
