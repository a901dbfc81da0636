"""Packets and frames for property tests."""

from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.encoding import frame_bytes
from onecity.platform.iot.codecs.hj212.framing import Frame
from onecity.platform.iot.codecs.hj212.packet import Item, Packet, SubValue

WORDS = st.text("ABCabc0129_", min_size=1, max_size=8)
TEXTS = st.text("abcXYZ019.:+-_/ 温度=", max_size=12).map(str.strip).filter(lambda text: "//" not in text)
LOGS = st.text("ab;,=清洗 ", max_size=12).map(lambda text: f"//{text}//")
KINDS = st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou", "Flag", "ZsRtd", "Info", "SampleTime"]) | WORDS
QNS = st.datetimes().map(lambda at: f"{at.year:04d}{at:%m%d%H%M%S}{at.microsecond // 1000:03d}")


def frame_of(segment: bytes) -> Frame:
    """Return the frame with a right CRC around a segment."""
    framed = frame_bytes(segment)
    return Frame(segment, framed[-6:-2])


@st.composite
def factor_items(draw: st.DrawFn) -> Item:
    kinds = draw(st.lists(KINDS, min_size=1, max_size=4, unique=True))
    return Item(draw(WORDS), tuple(SubValue(kind, draw(TEXTS | LOGS)) for kind in kinds))


def plain_items() -> st.SearchStrategy[Item]:
    return st.builds(lambda name, text: Item(name, (SubValue("", text),)), WORDS, TEXTS | LOGS)


def _apart(items: list[Item]) -> tuple[Item, ...]:
    """Leave out an item that the wire cannot tell from the one before: it has the same factor and other kinds."""
    kept: list[Item] = []
    for item in items:
        if not (kept and kept[-1].name == item.name and kept[-1].is_factor and item.is_factor):
            kept.append(item)
    return tuple(kept)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """Any packet that can be written."""
    pnum = draw(st.none() | st.integers(1, 9999))
    header_text = TEXTS.filter(lambda text: "=" not in text)
    known = {"QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "CP"}
    extra = st.tuples(WORDS.filter(lambda name: name not in known), header_text)
    return Packet(
        st=draw(WORDS),
        cn=draw(st.integers(0, 9999).map("{:04d}".format)),
        mn=draw(WORDS),
        pw=draw(st.none() | header_text),
        qn=draw(st.none() | QNS),
        flag=draw(st.none() | st.integers(0, 255)),
        pnum=pnum,
        pno=None if pnum is None else draw(st.none() | st.integers(1, pnum)),
        items=_apart(draw(st.lists(factor_items() | plain_items(), max_size=6))),
        extra=tuple(draw(st.lists(extra, max_size=2))),
    )
