"""Batches of uploads, most of them plain, each of the others odd in one place."""

from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.tests.strategies import frame_of

Kinds = tuple[str, ...]
Layout = list[tuple[str, Kinds]]

PLAIN = {
    "value": st.floats(-1e6, 1e6).map(lambda value: f"{value:.3f}") | st.integers(-99, 99_999).map(str),
    "flag": st.sampled_from(["N", "D", "n", "3"]),
    "text": st.sampled_from(["", "x", "C4", "20160801080000", "1.5"]),
    "delimiter": st.just(";"),
    "time": st.sampled_from(["20160801085857", "20160801090000", "20000101080000"]),
    "qn": st.sampled_from(["QN=20160801085857223;", "QN=20160801085857224;", ""]),
    "mn": st.sampled_from(["A1", "B2"]),
    "cn": st.sampled_from(["2011", "2061"]),
    "extra": st.sampled_from(["Flag=5;", ""]),
}
ODD = {
    "value": st.sampled_from(
        [
            *("", "-", "NaN", "inf", "1e5", "1E-3", "007", ".5", "5.", "+1", "1_0", "-0", "-0.0", "1.2.3", "0x1", "９"),
            *("9" * 20, "0." + "3" * 17, "123456789012345.123456789012345", "1e999", " 1", "1 ", "a=b", "x&y"),
            *("//x", "//", "5//"),
        ]
    ),
    "flag": st.sampled_from(["", "NN", "*", " ", " N", "中", "//"]),
    "text": st.sampled_from(["//", "//x", "x//", " x", "中", "a=b", "a b"]),
    "delimiter": st.sampled_from([",", ";;", "; ", " ;", ""]),
    "time": st.sampled_from(["20160230000000", "2016", "", "20160801085857 ", "20160801085857000"]),
    "qn": st.sampled_from(["QN=1;", "QN=2016080108585722x;", "QN= 1;", "QN=1;AB=123456789012;", "CN=2011;"]),
    "mn": st.sampled_from(["C 3", "", "A1;MN=B2"]),
    "cn": st.sampled_from(["2021", "9014", "201", "2051", "2031"]),
    "extra": st.sampled_from(["Flag=7;PNUM=2;PNO=1;", "PNO=1;", "Flag=5;Ver=1;", "Flag=x;", "QN=1;", "Flag=5,"]),
}
SPOILT = ("segment", "crc")
KINDS = st.sampled_from([("Rtd", "Flag")] * 4 + [("Rtd",), ("Min", "Avg", "Max", "Flag"), ("Flag", "Rtd"), ("Flag",)])
MORE_KINDS = st.sampled_from([()] * 8 + [("EFlag",), ("SampleTime",), ("Info",), ("Odd",), ("Rtd",)])
FACTORS = st.sampled_from(["a21026", "a34004", "w01018", "011", "LA", "a21026"])


def plain_values() -> st.SearchStrategy[str]:
    """Every number that the fast way takes: at most fifteen digits before the point and fifteen behind."""
    digits = st.text("0123456789", min_size=1, max_size=15)
    whole = st.integers(0, 10**15 - 1).map(str)
    fraction = st.just("") | digits.map(".{}".format)
    return st.builds("{}{}{}".format, st.sampled_from(["", "-"]), whole, fraction)


@st.composite
def noisy_frame(draw: st.DrawFn, layouts: list[Layout]) -> Frame:
    """A frame of one of a few devices and layouts."""
    odd = draw(st.sampled_from([""] * 12 + [*ODD, *SPOILT]))

    def pick(what: str) -> str:
        return draw(ODD[what] if what == odd and draw(st.booleans()) else PLAIN[what])

    def text(kind: str) -> str:
        return pick("flag" if kind == "Flag" else "value" if kind in {"Rtd", "Min", "Avg", "Max"} else "text")

    layout = draw(st.sampled_from(layouts))
    items = [",".join(f"{factor}-{kind}={text(kind)}" for kind in kinds) for factor, kinds in layout]
    area = "".join(item + pick("delimiter") for item in items[:-1]) + items[-1]
    head = f"{pick('qn')}ST=22;CN={pick('cn')};PW=123456;MN={pick('mn')};{pick('extra')}"
    frame = frame_of(_spoilt(draw, f"{head}CP=&&DataTime={pick('time')};{area}&&".encode(), odd=odd))
    if odd == "crc":
        return frame._replace(crc=draw(st.sampled_from([b"0000", b"12G4", frame.crc.lower(), b"    "])))
    return frame


def _spoilt(draw: st.DrawFn, segment: bytes, *, odd: str) -> bytes:
    if odd != "segment":
        return segment
    shorter = (segment[:-1], segment[:-2], segment[21:], b"")
    return draw(st.sampled_from([*shorter, segment.replace(b"DataTime=", b"", 1), segment + b" ", segment + b";"]))


@st.composite
def batches(draw: st.DrawFn) -> list[list[Frame]]:
    """Some batches of frames that share a few layouts."""
    kinds = st.builds(lambda first, second: first + second, KINDS, MORE_KINDS)
    layouts = st.lists(st.lists(st.tuples(FACTORS, kinds), min_size=1, max_size=4), min_size=1, max_size=3)
    return draw(st.lists(st.lists(noisy_frame(draw(layouts)), max_size=8), min_size=2, max_size=5))
