"""Polite requests to one interface: not too many a second, patient when told to wait, nothing secret in errors."""

import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from onecity.kernel.clock import real_now
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import CONNECT_S, Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable

ANSWER_S: Final = 60
LONGEST_WAIT_S: Final = 120
TRIES: Final = 4
_LARGEST: Final = 256 << 20
_COME_AGAIN: Final = frozenset({429, 503})


class Asker:
    """Asks one interface (context manager). It never leaves the interface's own origin."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.base = answers.text("url").rstrip("/")
        self._origin = _origin(self.base)
        if self._origin[0] not in {"http", "https"} or not self._origin[1]:
            raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("接口地址")})
        self._pause = 1 / max(answers.integer("rate"), 1)
        self._last = 0.0
        self._client = httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), headers=self._headers(), auth=self._auth(),
            verify=self._verify(), follow_redirects=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, url: str, parameters: dict[str, str]) -> httpx.Response:
        """Return a good answer. Raises: Unreachable, NotUnderstood."""
        if _origin(url) != self._origin:
            raise NotUnderstood(zh("对方给出的下一页不在同一服务器上"))
        if self._answers.text("auth") == "query":
            parameters = {**parameters, self._answers.text("auth_name"): self._answers.secret}
        for _ in range(TRIES):
            response = self._once(url, parameters)
            if response.status_code not in _COME_AGAIN:
                return _good(response)
            time.sleep(_told_to_wait(response))
        raise Unreachable(zh("连接不上对方：对方一直要求稍后再试"))

    def _once(self, url: str, parameters: dict[str, str]) -> httpx.Response:
        time.sleep(max(self._last + self._pause - time.monotonic(), 0))
        self._last = time.monotonic()
        try:
            with self._client.stream("GET", httpx.URL(url).copy_merge_params(parameters)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _LARGEST:
                        raise NotUnderstood(zh("对方一页的数据太大，请减少每页行数"))
                return httpx.Response(response.status_code, headers=_plain(response.headers), content=bytes(body))
        except httpx.HTTPError as error:
            raise Unreachable(params={"reason": type(error).__name__}) from None
        except httpx.InvalidURL:
            raise NotUnderstood(zh("对方给出的下一页地址有误")) from None

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self._answers.text("auth") == "bearer":
            headers["Authorization"] = f"Bearer {self._answers.secret}"
        if self._answers.text("auth") == "header":
            headers[self._answers.text("auth_name")] = self._answers.secret
        return headers

    def _auth(self) -> httpx.BasicAuth | None:
        if self._answers.text("auth") != "basic":
            return None
        return httpx.BasicAuth(self._answers.text("auth_name"), self._answers.secret)

    def _verify(self) -> ssl.SSLContext | bool:
        path = self._answers.text("ca_file")
        if not path:
            return True
        try:
            return ssl.create_default_context(cafile=path)
        except OSError:
            raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("证书颁发机构文件")}) from None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Return the headers that still hold for a body that has been unpacked."""
    return {name: value for name, value in headers.items() if name not in {"content-encoding", "content-length"}}


def _good(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    if response.is_success:
        return response
    if status in {401, 403}:
        raise Unreachable(zh("连接不上对方：对方拒绝了请求（{status}）"), params={"status": status})
    if response.is_server_error:
        raise Unreachable(zh("连接不上对方：对方出错（{status}）"), params={"status": status})
    raise NotUnderstood(zh("对方不提供这项数据（{status}）"), params={"status": status})


def _told_to_wait(response: httpx.Response) -> float:
    """Return for how many seconds we are asked to wait; one, where that is not said. Source: RFC 9110, 10.2.3."""
    text = response.headers.get("retry-after", "")
    if text.isdigit():
        return min(float(text), LONGEST_WAIT_S)
    try:
        then: datetime = parsedate_to_datetime(text)
    except ValueError:
        return 1.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max((then - real_now()).total_seconds(), 0.0), LONGEST_WAIT_S)
