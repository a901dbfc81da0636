"""Answers, byte for byte, and many at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.answers import (
    data_answer,
    data_answers,
    execution_answer,
    head_of,
    notice_answer,
    request_answer,
)
from onecity.platform.iot.codecs.hj212.decoding import decode, decode_segment
from onecity.platform.iot.codecs.hj212.encoding import encode
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.tests import vectors
from onecity.platform.iot.codecs.hj212.tests.strategies import packets

ASKED = Packet(st="32", cn="2011", mn="010000A8900016F000169DC0", pw="123456", qn="20160801085857223", flag=5)


def test_data_answer_is_that_of_the_standard() -> None:
    assert encode(data_answer(ASKED)) == vectors.DATA_ANSWER.frame + b"\r\n"


def test_request_answer_is_that_of_the_standard() -> None:
    assert encode(request_answer(ASKED, result=1)) == vectors.REQUEST_ANSWER.frame + b"\r\n"


def test_execution_answer_is_that_of_the_standard() -> None:
    assert encode(execution_answer(ASKED, result=1)) == vectors.EXECUTION_ANSWER.frame + b"\r\n"


def test_notice_answer_repeats_the_request_number() -> None:
    answer = notice_answer(ASKED)
    assert (answer.cn, answer.st, answer.qn, answer.items) == ("9013", "91", ASKED.qn, ())


@pytest.mark.parametrize(("asked", "answered"), [(None, None), (1, 0), (5, 4), (7, 4), (9, 8), (255, 252)])
def test_answer_keeps_the_version_and_wants_none_itself(asked: int | None, answered: int | None) -> None:
    packet = Packet(st="22", cn="2011", mn="A1", flag=asked)
    assert data_answer(packet).flag == answered


def test_answer_to_an_upload_without_number_or_password_has_none() -> None:
    upload = decode_segment(b"ST=32;CN=2011;MN=A1;Flag=1;CP=&&&&")
    assert isinstance(upload, Packet)
    assert encode(data_answer(upload))[6:-6] == b"ST=91;CN=9014;MN=A1;Flag=0;CP=&&&&"
    assert data_answers([(head_of(upload), b"")]) == [encode(data_answer(upload))]


@given(st.lists(packets(), max_size=4))
def test_answers_to_many_are_those_to_each(uploads: list[Packet]) -> None:
    answers = data_answers([(head_of(upload), (upload.qn or "").encode()) for upload in uploads])
    assert answers == [encode(data_answer(upload)) for upload in uploads]
    assert all(isinstance(decode(Frame(answer[6:-6], answer[-6:-2])), Packet) for answer in answers)
