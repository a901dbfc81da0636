"""Clients of a Kafka cluster, and its errors in words that hold no secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.places import OptionField

OPTIONS: Final = (
    OptionField("servers", zh("服务器"), required=True, help=zh("主机:端口，多个用逗号分开")),
    OptionField("topics", zh("主题"), help=zh("用逗号分开；供发现表结构使用，不填则列出全部")),
    OptionField("security", zh("安全协议"), type="choice", default="PLAINTEXT",
                choices=("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")),
    OptionField("mechanism", zh("认证机制"), type="choice", default="SCRAM-SHA-256",
                choices=("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")),
    OptionField("user", zh("用户")),
    OptionField("ca_file", zh("证书颁发机构文件"), help=zh("核对服务器证书时使用")),
)  # fmt: skip
WAIT_S: Final = 10
_ODD: Final = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION})


def consumer(answers: Answers) -> Consumer:
    """Return a consumer that takes part in no group: the engine keeps the offsets."""
    return Consumer(
        {
            **_settings(answers), "group.id": "onecity-exchange", "enable.auto.commit": False,
            "enable.partition.eof": True, "isolation.level": "read_committed", "auto.offset.reset": "error",
            "allow.auto.create.topics": False, "fetch.wait.max.ms": 100,
        }
    )  # fmt: skip


def producer(answers: Answers, name: str) -> Producer:
    """Return a producer of transactions; an older one of the same name can no longer commit."""
    return Producer({**_settings(answers), "transactional.id": name, "transaction.timeout.ms": 120_000})


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into the contract's."""
    try:
        yield
    except KafkaException as error:
        raise reason(error.args[0]) from None


def reason(error: KafkaError) -> Unreachable | NotUnderstood:
    """Return the contract's error for one of the client's."""
    if error.code() in _ODD:
        return NotUnderstood(zh("对方没有这个主题"))
    return Unreachable(params={"reason": error.name()})


def partitions(client: Consumer, topic: str) -> list[int]:
    """Return a topic's partitions. Raises: NotUnderstood, Unreachable."""
    with translated():
        found = client.list_topics(topic, timeout=WAIT_S).topics.get(topic)
    if found is None or found.error is not None or not found.partitions:
        raise NotUnderstood(zh("对方没有主题“{topic}”"), params={"topic": topic})
    return sorted(found.partitions)


def bounds(client: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """Return the first offset that is kept and the one behind the last."""
    with translated():
        low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=WAIT_S)
        return low, high


def _settings(answers: Answers) -> dict[str, str | int]:
    settings: dict[str, str | int] = {
        "bootstrap.servers": answers.text("servers"), "security.protocol": answers.text("security"),
        "socket.timeout.ms": 30_000, "socket.connection.setup.timeout.ms": 10_000, "log_level": 0,
    }  # fmt: skip
    if answers.text("security").startswith("SASL"):
        settings |= {
            "sasl.mechanism": answers.text("mechanism"), "sasl.username": answers.text("user"),
            "sasl.password": answers.secret,
        }  # fmt: skip
    if answers.text("ca_file"):
        settings["ssl.ca.location"] = answers.text("ca_file")
    return settings
