"""Addresses of webhooks."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.web.outside import Reach, is_usual_port, reach_of

LONGEST: Final = 500
_PORTS: Final = {"http": 80, "https": 443}


class UnusableAddress(Invalid):
    """A webhook's address cannot be used."""

    code = "iot.unusable_address"
    message = zh("回调地址不可用")

    def __init__(self, reason: str) -> None:
        super().__init__(fields={"address": reason})


def webhook_reach() -> Reach:
    """Return where webhooks may go, as the operator says."""
    return reach_of(settings.ENV.webhook_networks)


def checked_address(text: str) -> str:
    """Return a webhook's address as it is kept. Names are resolved when something is delivered, and checked then.

    Raises: UnusableAddress.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise UnusableAddress(zh("不是有效的网址")) from None
    if len(text) > LONGEST or parts.scheme not in _PORTS or not parts.hostname or not text.isprintable() or " " in text:
        raise UnusableAddress(zh("应为以 http:// 或 https:// 开头的网址，不超过500个字符"))
    if parts.username is not None or parts.fragment:
        raise UnusableAddress(zh("网址中不能带用户名、密码或片段"))
    if not is_usual_port(port):
        raise UnusableAddress(zh("端口应为80、443或1024以上"))
    if _is_literal(parts.hostname) and not webhook_reach().permits(parts.hostname):
        raise UnusableAddress(zh("平台不允许向该网络地址投递"))
    return text


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
