"""Coverage-guided fuzzing of JT/T 808, GB/T 32960.3 and GB/T 26875.3; run by hand, for as long as one likes.

python tests/fuzz/fuzz_vehicles_and_fire.py [jt808|gb32960|gb26875|lines] [-max_total_time=60]

A codec must read, refuse or hold whatever comes, hold it within bounds, and write again what it has read.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["onecity.platform.iot.codecs", "onecity.platform.iot.gateways.field"]):
    from onecity.platform.iot.codecs import gb26875, gb32960, jt808
    from onecity.platform.iot.codecs.gb32960.logins import decode_login, decode_platform_login, encode_login
    from onecity.platform.iot.codecs.gb32960.reports import decode_report, encode_report
    from onecity.platform.iot.codecs.jt808.attributes import decode_attributes
    from onecity.platform.iot.codecs.jt808.location import decode_batch, decode_location, encode_batch, encode_location
    from onecity.platform.iot.codecs.jt808.parameters import decode_told
    from onecity.platform.iot.codecs.jt808.registration import decode_authentication, decode_registration
    from onecity.platform.iot.codecs.refusals import BadBody
    from onecity.platform.iot.gateways.field.contract import FieldSession, Hello, Moment, Welcome
    from onecity.platform.iot.gateways.field.gb26875.session import Gb26875Session
    from onecity.platform.iot.gateways.field.gb32960.session import Gb32960Session
    from onecity.platform.iot.gateways.field.jt808.session import Jt808Session

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def jt808_bytes(data: bytes) -> None:
    """A stream, and a body of every kind."""
    framer = jt808.Framer()
    for item in [*framer.feed(data[: len(data) // 2]), *framer.feed(data[len(data) // 2 :]), *framer.settle()]:
        if isinstance(item, jt808.Found):
            assert jt808.encode(item.packet)[1:-1] == item.raw[1:-1]
    for of_2019 in (False, True):
        for read in (decode_registration, decode_authentication, decode_attributes):
            _tried(lambda read=read, of_2019=of_2019: read(data, of_2019=of_2019))  # type: ignore[misc]  # bound at once
    _tried(lambda: decode_told(data))
    _tried(lambda: encode_location(decode_location(data)) == data or _wrong(data))
    _tried(lambda: encode_batch(decode_batch(data)) == data or _wrong(data))


def gb32960_bytes(data: bytes) -> None:
    """A stream, and data of every kind."""
    framer = gb32960.Framer()
    found = [*framer.feed(data[: len(data) // 2]), *framer.feed(data[len(data) // 2 :]), *framer.settle()]
    assert b"".join(item.raw for item in found) == data
    for edition in gb32960.Edition:
        _tried(lambda edition=edition: encode_report(decode_report(data, edition=edition)) == data or _wrong(data))  # type: ignore[misc]  # bound at once
        _tried(lambda edition=edition: encode_login(decode_login(data, edition=edition), edition=edition))  # type: ignore[misc]  # bound at once
    _tried(lambda: decode_platform_login(data))


def gb26875_bytes(data: bytes) -> None:
    """A stream, and a data unit."""
    framer = gb26875.Framer()
    found = [*framer.feed(data[: len(data) // 2]), *framer.feed(data[len(data) // 2 :]), *framer.settle()]
    assert b"".join(item.raw for item in found) == data
    _tried(lambda: gb26875.encode_unit(gb26875.decode_unit(data)) == data or _wrong(data))


def lines(data: bytes) -> None:
    """Whole lines: what a session says must be sayable, whatever comes."""
    sessions: tuple[FieldSession, ...] = (Jt808Session(lambda: "code"), Gb32960Session(), Gb26875Session())
    for session in sessions:
        said = [*session.received(data, Moment(NOON, 0)), *session.tick(Moment(NOON, 11))]
        said += [*session.settled(Moment(NOON, 12)), *session.tick(Moment(NOON, 100))]
        for item in said:
            if isinstance(item, Hello):
                item.welcomed(Welcome(""))
                item.welcomed(Welcome("wrong_password"))
        assert session.held == 0


def _tried(act: Callable[[], object]) -> None:
    try:
        act()
    except (BadBody, gb32960.NotEncodable):
        return


def _wrong(data: bytes) -> None:
    raise AssertionError(data.hex())


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "jt808": jt808_bytes,
    "gb32960": gb32960_bytes,
    "gb26875": gb26875_bytes,
    "lines": lines,
}

if __name__ == "__main__":
    name = next((word for word in sys.argv[1:] if word in TARGETS), "lines")
    atheris.Setup([word for word in sys.argv if word not in TARGETS], TARGETS[name])
    atheris.Fuzz()
