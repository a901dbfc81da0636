"""A persistent session with an MQTT broker whose messages are acknowledged when they have landed."""

import queue
import ssl
import threading
from typing import Final, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import CONNECT_S, Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.places import OptionField

OPTIONS: Final = (
    OptionField("host", zh("主机"), required=True),
    OptionField("port", zh("端口"), type="integer", default=1883),
    OptionField("user", zh("用户")),
    OptionField("client_id", zh("客户端编号"), required=True, help=zh("消息代理按此编号保存消息，须唯一且不变")),
    OptionField("topics", zh("主题"), help=zh("可用通配符，用逗号分开；供发现表结构使用")),
    OptionField("tls", zh("加密传输"), type="boolean", default=False),
    OptionField("ca_file", zh("证书颁发机构文件"), help=zh("核对服务器证书时使用")),
    OptionField("quiet_s", zh("静默秒数"), type="integer", default=2, help=zh("这么久没有新消息，本次读取即结束")),
    OptionField("window", zh("未确认消息上限"), type="integer", default=20, help=zh("与消息代理的设置一致时最快")),
)  # fmt: skip
_FOREVER: Final = 0xFFFFFFFF


class Session:
    """One connection (context manager). lasting: the broker keeps what comes while we are away."""

    def __init__(self, answers: Answers, *, lasting: bool) -> None:
        self._answers = answers
        self._lasting = lasting
        self.messages: queue.Queue[paho.MQTTMessage] = queue.Queue()
        self.lost = threading.Event()
        self._ready = threading.Event()
        self._code: ReasonCode | None = None
        name = answers.text("client_id") + ("" if lasting else "-check")
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5, manual_ack=True,
            reconnect_on_failure=False,
        )  # fmt: skip
        if answers.text("user"):
            self._client.username_pw_set(answers.text("user"), answers.secret)
        if answers.flag("tls"):
            self._client.tls_set_context(_context(answers))
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = lambda *arguments: self.messages.put(arguments[2])
        self._client.on_disconnect = lambda *_: self.lost.set()

    def __enter__(self) -> Self:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it without types
        properties.SessionExpiryInterval = _FOREVER if self._lasting else 0
        try:
            self._client.connect(
                self._answers.text("host"), self._answers.integer("port"), keepalive=30,
                clean_start=not self._lasting, properties=properties,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise Unreachable(params={"reason": type(error).__name__}) from None
        self._client.loop_start()
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str) -> None:
        """Subscribe; a subscription that stands already is not begun anew, and brings nothing that was kept back again.

        Raises: NotUnderstood, Unreachable.
        """
        self._ready.clear()
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        try:
            self._client.subscribe(topic, options=options)
        except ValueError:
            raise NotUnderstood(zh("“{topic}”不能作为主题"), params={"topic": topic}) from None
        self._wait()

    def acknowledge(self, messages: list[paho.MQTTMessage]) -> None:
        """Tell the broker that messages have landed."""
        for message in messages:
            self._client.ack(message.mid, message.qos)

    def _on_connect(self, client: object, data: object, flags: object, code: ReasonCode, properties: object) -> None:
        self._code = code
        self._ready.set()

    def _on_subscribe(
        self, client: object, data: object, mid: int, codes: list[ReasonCode], properties: object
    ) -> None:
        self._code = codes[0]
        self._ready.set()

    def _wait(self) -> None:
        answered = self._ready.wait(CONNECT_S)
        if answered and self._code is not None and not self._code.is_failure:
            return
        self._client.loop_stop()
        if answered:
            raise Unreachable(zh("连接不上对方：对方拒绝了请求（{status}）"), params={"status": str(self._code)})
        raise Unreachable(params={"reason": "timeout"})


def _context(answers: Answers) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=answers.text("ca_file") or None)
    except OSError:
        raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("证书颁发机构文件")}) from None
