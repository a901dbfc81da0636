"""How the simulated logger hears the platform, on the standard's own answers."""

import pytest

from onecity.demo.simulators.hj212_frames import enclose
from onecity.demo.simulators.hj212_host import HostReader, UnheardOf, obey

# HJ 212-2017, appendices A and C
MN = b"MN=010000A8900016F000169DC0"
ANSWER = b"##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;" + MN + b";Flag=4;CP=&&&&3240\r\n"
REQUEST = b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;" + MN + b";Flag=5;CP=&&RtdInterval=30&&1C80\r\n"


def test_answer_and_request_are_told_apart() -> None:
    answer, request = HostReader().hear(ANSWER + REQUEST)
    assert (answer.is_answer, answer.command, answer.qn, answer.data) == (True, "9014", "20160801085857223", {})
    assert (request.is_answer, request.command, request.flag, request.data) == (False, "1062", 5, {"RtdInterval": "30"})


def test_torn_answers_are_heard_when_whole() -> None:
    reader = HostReader()
    stream = ANSWER * 2
    heard = [one for place in range(len(stream)) for one in reader.hear(stream[place : place + 1])]
    assert [one.command for one in heard] == ["9014", "9014"]


@pytest.mark.parametrize(
    "spoilt",
    [
        ANSWER.replace(b"##0087", b"##0088"),
        ANSWER.replace(b"3240", b"3241"),
        b"$$" + ANSWER[2:],
        enclose("QN=1;CN=9014;MN=1;Flag=4"),
        enclose("QN=1;CN=9014;MN=1;Flag=4;CP=&&x=1"),
        enclose("CN=9014;MN=1;Flag=4;CP=&&&&"),
    ],
)
def test_wrong_answer_of_the_platform_is_not_overlooked(spoilt: bytes) -> None:
    with pytest.raises(UnheardOf):
        list(HostReader().hear(spoilt))


def test_request_is_obeyed_with_the_standards_answers() -> None:
    (request,) = HostReader().hear(REQUEST)
    assert obey(request, pw="123456") == [
        f"##0094QN=20160801085857223;ST=91;CN=9011;PW=123456;{MN.decode()};Flag=4;CP=&&QnRtn=1&&1B00\r\n".encode(),
        f"##0095QN=20160801085857223;ST=91;CN=9012;PW=123456;{MN.decode()};Flag=4;CP=&&ExeRtn=1&&6240\r\n".encode(),
    ]
