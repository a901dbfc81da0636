"""The quarantine: messages are kept, mended, replayed and discarded; nothing is doubled and nobody reaches too far."""

from datetime import timedelta

import pytest

from onecity.demo.simulators.hj212_frames import Logger, enclose, real_time
from onecity.kernel.actor import Actor, organisation_key, system_actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.models import AuditEntry
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import DeviceNote, QuarantinedMessage
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.quarantine.deciding import HANDLE, AlreadyDecided, discard, mend
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.services.quarantine.replaying import Replayed, replay
from onecity.platform.iot.tests.factories import NOW, make_device, table

pytestmark = pytest.mark.django_db
ALL = system_actor("test")
FRAME = real_time(Logger("MN1"), at=NOW, values={"a34004": 35.5, "a01002": 60.0})


def kept(
    raw: bytes = FRAME,
    *,
    reason: str = reasons.UNKNOWN_DEVICE,
    protocol: str = "hj212",
    key: str = "MN1",
    device_id: int | None = None,
) -> int:
    """Put a message into the quarantine and return its id."""
    keep([Refusal(Message(raw, protocol, "10.0.0.1", key), reason, device_id=device_id)], now=NOW)
    return QuarantinedMessage.objects.order_by("-id")[0].id


def state(number: int) -> str:
    return QuarantinedMessage.objects.get(id=number).state


def handler(organisation_id: int) -> Actor:
    return Actor("account", 7, "王磊", organisation_id, {HANDLE: frozenset({organisation_key(organisation_id)})})


def test_message_of_a_device_registered_meanwhile_goes_in() -> None:
    number = kept()
    make_device("MN1")
    assert replay(ALL, [number], now=NOW) == [Replayed(number, 2, 0, "")]
    row = QuarantinedMessage.objects.get()
    assert (row.state, row.decided_at, row.decided_by) == ("replayed", NOW, "test")
    assert {(value, letter) for _, _, value, letter in table()} == {(35.5, "N"), (60.0, "N")}
    assert AuditEntry.objects.filter(action="iot.replay_message", outcome="done").count() == 1


def test_message_of_a_device_still_unknown_stays_open_with_the_reason() -> None:
    number = kept()
    assert replay(ALL, [number], now=NOW) == [Replayed(number, 0, 0, "unknown_device")]
    assert state(number) == "open"
    assert QuarantinedMessage.objects.get().times == 1


def test_replayed_twice_stores_once() -> None:
    one, other = kept(), kept(FRAME + FRAME)
    make_device("MN1")
    assert replay(ALL, [one, other], now=NOW) == [Replayed(one, 2, 0, ""), Replayed(other, 0, 4, "")]
    assert replay(ALL, [one, other], now=NOW) == []
    assert len(table()) == 2


def test_mended_bytes_are_replayed_and_the_original_is_kept() -> None:
    make_device("MN1")
    broken = FRAME[:-6] + b"0000\r\n"
    number = kept(broken, reason="crc_mismatch")
    assert replay(ALL, [number], now=NOW)[0].reason == "crc_mismatch"
    mend(ALL, message_id=number, raw=FRAME)
    assert replay(ALL, [number], now=NOW) == [Replayed(number, 2, 0, "")]
    assert bytes(QuarantinedMessage.objects.get().raw) == broken


def test_mending_back_to_the_original_is_no_mending() -> None:
    number = kept()
    mend(ALL, message_id=number, raw=b"x")
    mend(ALL, message_id=number, raw=FRAME)
    assert QuarantinedMessage.objects.get().mended is None


@pytest.mark.parametrize("raw", [b"", b"x" * (256 * 1024 + 1)])
def test_mending_to_nothing_or_too_much_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid) as error:
        mend(ALL, message_id=kept(), raw=raw)
    assert "raw" in error.value.fields


def test_message_that_is_no_frame_at_all_stays_open() -> None:
    number = kept(b"\r\n", reason="no_header", key="")
    assert replay(ALL, [number], now=NOW)[0].reason == "empty"


def test_value_that_still_contradicts_stays_open_and_is_not_kept_again() -> None:
    make_device("MN1")
    first = kept()
    replay(ALL, [first], now=NOW)
    second = kept(real_time(Logger("MN1"), at=NOW, values={"a34004": 99.0}), reason=reasons.CONFLICTING_REPEAT)
    assert replay(ALL, [second], now=NOW) == [Replayed(second, 0, 0, "conflicting_repeat")]
    assert QuarantinedMessage.objects.filter(state="open").count() == 1
    assert QuarantinedMessage.objects.get(id=second).times == 1


def test_clock_that_was_ahead_is_believed_once_its_time_has_come() -> None:
    make_device("MN1")
    number = kept(real_time(Logger("MN1"), at=NOW + timedelta(hours=1), values={"a34004": 1.0}), reason=reasons.CLOCK)
    assert replay(ALL, [number], now=NOW)[0].reason == "clock_not_believed"
    assert replay(ALL, [number], now=NOW + timedelta(hours=1)) == [Replayed(number, 1, 0, "")]


def test_packet_that_is_no_upload_becomes_a_note() -> None:
    make_device("MN1")
    number = kept(enclose("QN=1;ST=22;CN=3020;PW=1;MN=MN1;Flag=4;CP=&&i11001-Info=//自检//&&"))
    assert replay(ALL, [number], now=NOW) == [Replayed(number, 0, 0, "")]
    assert "自检" in DeviceNote.objects.get().content


def test_payload_without_a_time_keeps_the_time_it_came_at() -> None:
    number = kept(b'{"pm2_5": 35.5}', protocol="mqtt", key="M1")
    make_device("M1", protocol=Protocol.MQTT)
    assert replay(ALL, [number], now=NOW + timedelta(days=2)) == [Replayed(number, 1, 0, "")]
    assert {(at, value) for _, at, value, _ in table()} == {(NOW, 35.5)}


def test_discarded_message_is_kept_with_the_reason_and_not_replayed() -> None:
    make_device("MN1")
    number = kept()
    assert discard(ALL, [number], note="测试报文", now=NOW) == 1
    assert discard(ALL, [number], note="再次", now=NOW) == 0
    row = QuarantinedMessage.objects.get()
    assert (row.state, row.note, row.decided_by) == ("discarded", "测试报文", "test")
    assert replay(ALL, [number], now=NOW) == []
    with pytest.raises(AlreadyDecided):
        mend(ALL, message_id=number, raw=b"x")


def test_discarding_wants_a_reason() -> None:
    with pytest.raises(Invalid) as error:
        discard(ALL, [kept()], note="  ", now=NOW)
    assert "note" in error.value.fields


def test_messages_beyond_the_actors_reach_are_left_alone() -> None:
    mine, theirs = make_organisation(), make_organisation()
    number = kept(device_id=make_device("MN1", organisation=theirs).id)
    actor = handler(mine.id)
    assert replay(actor, [number], now=NOW) == []
    assert discard(actor, [number], note="无效", now=NOW) == 0
    with pytest.raises(NotFound):
        mend(actor, message_id=number, raw=b"x")
    assert state(number) == "open"
    assert replay(handler(theirs.id), [number], now=NOW) == [Replayed(number, 2, 0, "")]


def test_mending_cannot_write_to_a_device_beyond_the_actors_reach() -> None:
    mine, theirs = make_organisation(), make_organisation()
    own = make_device("MN1", organisation=mine)
    make_device("MN2", organisation=theirs)
    number = kept(device_id=own.id, reason=reasons.CLOCK)
    actor = handler(mine.id)
    mend(actor, message_id=number, raw=real_time(Logger("MN2"), at=NOW, values={"a34004": 1.0}))
    with pytest.raises(NotPermitted):
        replay(actor, [number], now=NOW)
    assert table() == set()
    assert state(number) == "open"


def test_too_many_at_once_are_refused() -> None:
    with pytest.raises(Invalid):
        replay(ALL, list(range(501)), now=NOW)
