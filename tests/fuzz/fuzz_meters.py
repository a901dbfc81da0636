"""Coverage-guided fuzzing of the codecs of meters and stations; run by hand, for as long as one likes.

python tests/fuzz/fuzz_meters.py [dlt645|cjt188|sl651] [-max_total_time=60]
"""

import sys
from collections.abc import Callable, Mapping

import atheris

with atheris.instrument_imports(include=["onecity.platform.iot.codecs"]):
    from onecity.platform.iot.codecs import cjt188, dlt645, sl651


def power(data: bytes) -> None:
    """A stream of DL/T 645, and the same bytes as an answer of each function."""
    cutter = dlt645.cutter()
    frames = [dlt645.decode(piece.raw) for piece in [*cutter.feed(data), *cutter.settle()] if piece.fault is None]
    for control in (0x91, 0xB2, 0x93, 0xD1, 0x81):
        frames.append(dlt645.Frame("0" * 12, control, data[:255]))
    for frame in frames:
        assert dlt645.decode(dlt645.encode(frame)) == frame
        try:
            found = dlt645.answer(frame)
            dlt645.values(found.code, found.data) if found.code else None
        except (dlt645.NoAnswer, dlt645.BadLength):
            continue


def pipes(data: bytes) -> None:
    """A stream of CJ/T 188, and the same bytes as a reading."""
    cutter = cjt188.cutter()
    frames = [cjt188.decode(piece.raw) for piece in [*cutter.feed(data), *cutter.settle()] if piece.fault is None]
    frames.append(cjt188.Frame(0x20, "0" * 14, 0x81, b"\x1f\x90\x00" + data[:250]))
    for frame in frames:
        assert cjt188.decode(cjt188.encode(frame)) == frame
        try:
            cjt188.reading(frame)
        except cjt188.NotUnderstood:
            continue


def stations(data: bytes) -> None:
    """A stream of SL 651, and the same bytes as a body in both encodings."""
    cutter = sl651.cutter()
    frames = [sl651.decode(piece.raw) for piece in [*cutter.feed(data), *cutter.settle()] if piece.fault is None]
    for is_ascii in (False, True):
        frames.append(sl651.Frame("0011223344", 1, "1234", 0x34, data[:4000], is_ascii=is_ascii))
    joiner = sl651.Joiner()
    for frame in frames:
        joiner.take(frame, seconds=0.0)
        try:
            sl651.report(frame)
        except sl651.NoReport:
            continue


TARGETS: Mapping[str, Callable[[bytes], None]] = {"dlt645": power, "cjt188": pipes, "sl651": stations}


def main() -> None:
    """Fuzz the target that is named, or all of them in turn with the same bytes."""
    names = [name for name in sys.argv[1:2] if name in TARGETS]
    targets = [TARGETS[name] for name in names] or list(TARGETS.values())
    arguments = [sys.argv[0], *sys.argv[1 + len(names) :]]

    def once(data: bytes) -> None:
        for target in targets:
            target(data)

    atheris.Setup(arguments, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
