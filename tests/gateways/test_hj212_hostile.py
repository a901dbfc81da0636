"""Hostile and broken senders over real sockets: each is bounded, told of, and harms nobody else."""

import resource
import socket
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from tests.gateways.harness import Hall, Process, Unit, hj212_gateway, until, url_of_database

from onecity.demo.simulators.hj212_frames import Logger, _eight_shifts, enclose, real_time
from onecity.kernel import clock
from onecity.platform.iot.gateways.limits import Limits
from onecity.platform.iot.models import Gateway, Latest, Observation, QuarantinedMessage
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
PM = {"a34004": 35.5}
CROWD = 10_000


def today() -> datetime:
    return clock.city_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


def upload(*, turn: int = 0, mn: str = "MN1") -> bytes:
    return real_time(Logger(mn), at=today() + turn * MINUTE, values=PM)


def reasons() -> set[str]:
    return set(QuarantinedMessage.objects.values_list("reason", flat=True))


def served(hall: Hall, *, turn: int = 0) -> bool:
    """Say whether an honest unit from another address is answered."""
    unit = hall.unit(address="127.0.0.9")
    unit.send(upload(turn=turn))
    return unit.hear().command == "9014"


def test_nothing_is_answered_before_it_is_durable() -> None:
    make_device("MN1")
    with hj212_gateway() as hall, psycopg.connect(url_of_database()) as other:
        unit = hall.unit()
        other.execute("SELECT FROM iot_device FOR UPDATE")  # the writer has to wait
        unit.send(upload())
        assert unit.hears_nothing(for_s=0.5)
        other.rollback()
        assert unit.hear().command == "9014"
        assert other.execute("SELECT count(*) FROM iot_observation").fetchone() == (1,)


def test_frames_out_of_order_are_all_stored_and_the_newest_stays_the_latest() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        for turn in (5, 2, 9, 0, 7):
            unit.send(upload(turn=turn))
            unit.hear()
    assert Observation.objects.count() == 5
    assert Latest.objects.get().phenomenon_at == today() + 9 * MINUTE


def test_frames_joined_in_one_write_are_each_answered() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(b"".join(upload(turn=turn) for turn in range(30)))
        assert len({answer.qn for answer in unit.hear_all(30)}) == 30
    assert Observation.objects.count() == 30


def test_frame_that_comes_byte_by_byte_is_taken() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        unit.send(*[bytes([byte]) for byte in upload()])
        assert unit.hear().command == "9014"


def test_length_that_reaches_into_the_next_frame_costs_only_its_own() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        wrong = b"##%04d" % (len(upload()) + 60)
        unit.send(wrong + upload(turn=1)[6:] + upload(turn=2) + upload(turn=3))
        assert {unit.hear().command for _ in range(2)} == {"9014"}
        until(lambda: bool(reasons()))
    assert Observation.objects.count() == 2
    assert reasons() <= {"no_tail", "crc_mismatch"}


def test_charset_that_is_not_utf8_is_quarantined_as_it_came_and_the_line_lives_on() -> None:
    make_device("MN1")
    text = "QN=20260310120000001;ST=22;CN=3020;PW=1;MN=MN1;Flag=5;CP=&&i11001-Info=//仪器自检//&&"
    body = text.encode("gbk")
    frame = enclose("x" * len(body))
    frame = frame[:6] + body + _crc(body) + b"\r\n"
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(frame, upload())
        assert unit.hear().command == "9014"
    kept = QuarantinedMessage.objects.get()
    assert (kept.reason, bytes(kept.raw)) == ("not_utf8", frame)


def _crc(body: bytes) -> bytes:
    register = 0xFFFF
    for byte in body:
        register = _eight_shifts((register // 256) ^ byte)
    return f"{register:04X}".encode()


def test_zero_bytes_in_names_harm_nothing() -> None:
    make_device("MN1")
    with hj212_gateway() as hall:
        unit = hall.unit()
        unit.send(
            enclose("QN=1;ST=22;CN=2011;PW=1;MN=M\0N;Flag=5;CP=&&DataTime=20260310120000;a\0-Rtd=1.0&&"), upload()
        )
        assert unit.hear().command == "9014"
    assert QuarantinedMessage.objects.get().device_key == "M\ufffdN"


def test_endless_line_is_cut_off_and_kept_within_bounds() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(bad_in_a_row=20)) as hall:
        unit = hall.unit()
        with pytest.raises(OSError, match=r"reset|pipe"):
            unit.send(*[b"A" * 65_536] * 2_000)
        assert served(hall)
        until(lambda: "flood" in reasons())
    assert reasons() == {"no_header", "flood"}
    assert QuarantinedMessage.objects.filter(reason="flood").count() == 1
    assert sum(len(row.raw) for row in QuarantinedMessage.objects.all()) <= 3 * 1024


def test_line_of_bad_frames_is_closed_after_so_many_and_a_good_one_between_forgives() -> None:
    make_device("MN1")
    bad = bytearray(upload())
    bad[-4] ^= 1
    with hj212_gateway(Limits(bad_in_a_row=3)) as hall:
        unit = hall.unit()
        for turn in range(4):
            unit.send(b"?" * 100 + b"##zz" * 20 + upload(turn=turn))
            unit.hear()
        unit.send(*[b"##9999" + b"!" * 80 for _ in range(30)])
        assert unit.is_closed()
        assert served(hall, turn=9)


def test_rubbish_of_one_address_fills_the_quarantine_only_so_far() -> None:
    with hj212_gateway(Limits(bad_in_a_row=10_000, bad_per_minute=5)) as hall:
        unit = hall.unit()
        for number in range(40):
            unit.send(b"%04d" % number * 512)
        until(lambda: Gateway.objects.filter(figures__unheard__gte=20).exists())
    assert QuarantinedMessage.objects.count() <= 10  # two minutes may have been touched


def test_slow_drip_is_closed_and_what_it_left_is_kept() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(frame_s=0.6, settle_s=60.0)) as hall:
        drip = hall.unit()
        frame = upload()
        closed = False
        for byte in frame[:-10]:
            try:
                drip.send(bytes([byte]))
                closed = not drip.hears_nothing(for_s=0.05) or _hung_up(drip)
            except OSError:
                closed = True
            if closed:
                break
        assert closed
        assert served(hall)
        until(lambda: reasons() == {"truncated"})


def _hung_up(unit: Unit) -> bool:
    unit.socket.setblocking(False)
    try:
        return unit.socket.recv(1) == b""
    except BlockingIOError:
        return False
    finally:
        unit.socket.settimeout(20)


def test_half_a_frame_that_stays_half_is_settled_and_the_line_lives_on() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(settle_s=0.2)) as hall:
        unit = hall.unit()
        unit.send(upload()[:-20])
        until(lambda: reasons() == {"truncated"})
        unit.send(upload())
        assert unit.hear().command == "9014"


def test_connection_that_says_nothing_is_closed() -> None:
    with hj212_gateway(Limits(first_frame_s=0.3)) as hall:
        assert hall.unit().is_closed()


def test_connection_that_falls_silent_is_closed_after_its_patience() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(idle_s=0.5)) as hall:
        unit = hall.unit()
        unit.send(upload())
        unit.hear()
        assert unit.is_closed()


def test_address_gets_only_so_many_connections_and_others_still_enter() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(per_address=3)) as hall:
        units = [hall.unit() for _ in range(4)]
        assert units[3].is_closed()
        assert served(hall)
        units[0].close()
        until(lambda: _enters(hall))


def _enters(hall: Hall) -> bool:
    unit = hall.unit()
    unit.send(upload(turn=3))
    try:
        return unit.hear().command == "9014"
    except (AssertionError, ConnectionError):
        return False


def test_sender_beyond_its_allowance_waits_and_loses_nothing() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(frames_per_s=50.0, burst=10.0)) as hall:
        unit = hall.unit()
        for turn in range(50):
            unit.send(upload(turn=turn))
        assert served(hall, turn=55)
        assert len(unit.hear_all(50)) == 50
        until(lambda: Gateway.objects.filter(figures__held_back__gte=1).exists())
    assert Observation.objects.count() == 51


def test_unit_that_never_reads_its_answers_is_closed() -> None:
    make_device("MN1")
    with hj212_gateway(Limits(write_buffer=1_024, frames_per_s=1e6, burst=1e6)) as hall:
        deaf = hall.unit()
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        repeated = upload() * 200
        with pytest.raises(OSError, match=r"reset|pipe"):
            deaf.send(*[repeated] * 2_000)
        assert served(hall, turn=1)


def test_longer_segments_are_taken_where_the_setting_allows_them() -> None:
    make_device("MN1", type_code="gauge.meter")
    many = {f"w{number:05d}": 1.0 for number in range(80)}
    frame = real_time(Logger("MN1"), at=today(), values=many)
    assert len(frame) > 2_000
    with hj212_gateway(Limits(settle_s=0.2)) as hall:
        hall.unit().send(frame)
        until(lambda: "too_long" in reasons())
    with hj212_gateway(Limits(longest=9_999)) as hall:
        unit = hall.unit()
        unit.send(frame)
        assert unit.hear().command == "9014"
    assert Observation.objects.count() == 80


def test_ten_thousand_idle_connections_keep_nobody_else_waiting() -> None:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    crowd = min(CROWD, files - 1_000)
    if crowd < CROWD:
        print(f"only {crowd} connections: the limit of open files is {files}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    make_device("MN1")
    connection.close()
    process = Process("hj212", "--host", "127.0.0.1", "--port", "0")
    hall = Hall(process.port)
    sockets = []
    try:
        for number in range(crowd):
            address = f"127.0.1.{number // 3_000 + 1}"
            one = socket.create_connection(("127.0.0.1", process.port), timeout=20, source_address=(address, 0))
            sockets.append(one)
        sockets[7].sendall(b"##0")  # some of them hold a piece of a frame
        until(lambda: Gateway.objects.filter(figures__connections__gte=crowd).exists())
        unit = hall.unit()
        for turn in range(20):
            unit.send(upload(turn=turn))
            assert unit.hear().command == "9014"
    finally:
        hall.close()
        for one in sockets:
            one.close()
        process.stop()
    assert Observation.objects.count() == 20
