"""Calls to the hub: HTTPS with certificates on both sides; answers become results or the engine's own errors."""

import ssl
from typing import Final

import httpx
import msgspec

from onecity.platform.exchange.connectors.contract import NotUnderstood, RowsRefused, Unreachable
from onecity.platform.exchange.contracts.nodes import Fault
from onecity.platform.exchange.node.config import NodeConfig

CONNECT_S: Final = 10.0
ANSWER_S: Final = 300.0


class StopRun(Exception):
    """The hub wants the run no more."""


class ShutOut(Exception):
    """The hub does not let this node in."""


class HubClient:
    """One connection pool to the hub; may be used from several threads."""

    def __init__(self, config: NodeConfig) -> None:
        tls = ssl.create_default_context(cafile=str(config.authority))
        tls.minimum_version = ssl.TLSVersion.TLSv1_2
        tls.load_cert_chain(config.certificate, config.key)
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self._http = httpx.Client(base_url=config.hub, verify=tls, timeout=timeout, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def post(self, path: str, body: bytes = b"", *, part: int = 0) -> bytes | None:
        """Return what the hub answers; None where it has nothing.

        Raises: Unreachable; NotUnderstood; RowsRefused; StopRun; ShutOut.
        """
        try:
            answer = self._http.post(path, content=body, params={"part": part} if part else None)
        except httpx.HTTPError as fault:
            raise Unreachable(params={"reason": f"{type(fault).__name__}"}) from fault
        if answer.status_code == httpx.codes.OK:
            return answer.content
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise ShutOut
        raise _fault(answer)


def _fault(answer: httpx.Response) -> Exception:
    try:
        fault = msgspec.json.decode(answer.content, type=Fault)
    except msgspec.DecodeError:
        reason = f"HTTP {answer.status_code}"
        broken = answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        return Unreachable(params={"reason": reason}) if broken else NotUnderstood(params={"reason": reason})
    match fault.kind:
        case "stop" | "unknown":
            return StopRun()
        case "rows":
            return RowsRefused({row: (code, sentence) for row, code, sentence in fault.rows})
        case "unreachable":
            return Unreachable(params={"reason": fault.sentence})
        case _:
            return NotUnderstood(params={"reason": fault.sentence})
