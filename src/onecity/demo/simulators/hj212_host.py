"""How a data logger of HJ 212 hears what the platform says: answers to its uploads, and requests."""

from collections.abc import Iterator
from dataclasses import dataclass

from onecity.demo.simulators.hj212_frames import check_code, enclose

_DATA_ANSWER = "9014"
_NOTICE_ANSWER = "9013"


@dataclass(frozen=True, slots=True)
class Heard:
    """One packet from the platform. data: the fields of its data area."""

    qn: str
    command: str
    mn: str
    flag: int
    data: dict[str, str]
    segment: str

    @property
    def is_answer(self) -> bool:
        """Say whether this answers an upload or a notice of the logger's, by its QN."""
        return self.command in {_DATA_ANSWER, _NOTICE_ANSWER}


class UnheardOf(ValueError):
    """The platform said something that a logger would not understand."""


class HostReader:
    """Collects what comes from the platform until a line is whole; the platform always ends with CR LF."""

    def __init__(self) -> None:
        self._line = b""

    def hear(self, data: bytes) -> Iterator[Heard]:
        """Yield each whole packet in `data` and what came before.

        Raises: UnheardOf for a wrong length or CRC, or a missing field: a platform has no excuse.
        """
        self._line += data
        while b"\r\n" in self._line:
            line, self._line = self._line.split(b"\r\n", 1)
            yield _understand(line)


def _understand(line: bytes) -> Heard:
    body = line[6:-4]
    if line[:2] != b"##" or line[2:6] != f"{len(body):04d}".encode() or line[-4:] != check_code(body).encode():
        raise UnheardOf(line)
    segment = body.decode("utf-8")
    head, opening, area = segment.partition("CP=&&")
    fields = _fields(head)
    if not opening or not area.endswith("&&") or not {"QN", "CN", "MN", "Flag"} <= fields.keys():
        raise UnheardOf(line)
    return Heard(fields["QN"], fields["CN"], fields["MN"], int(fields["Flag"]), _fields(area[:-2]), segment)


def _fields(text: str) -> dict[str, str]:
    return {name: value for name, _, value in (field.partition("=") for field in text.split(";") if field)}


def obey(request: Heard, *, pw: str) -> list[bytes]:
    """Return what a logger answers to a request that it carries out: 9011 with QnRtn 1, then 9012 with ExeRtn 1.

    Source: HJ 212-2017, 6 (应答模式) and appendix C.
    """
    head = f"QN={request.qn};ST=91;CN={{}};PW={pw};MN={request.mn};Flag=4;CP=&&{{}}&&"
    return [enclose(head.format("9011", "QnRtn=1")), enclose(head.format("9012", "ExeRtn=1"))]
