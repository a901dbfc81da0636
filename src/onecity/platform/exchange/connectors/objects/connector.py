"""The connector for object stores that speak S3."""

from collections.abc import Sequence

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.objects.store import S3Store
from onecity.platform.exchange.connectors.stores.connector import OPTIONS, StoreConnector
from onecity.platform.exchange.connectors.stores.contract import Store
from onecity.platform.exchange.contracts.places import OptionField


class ObjectsConnector(StoreConnector):
    """Files in a bucket."""

    kind: str = "objects"
    title: str = zh("对象存储（S3 协议）")
    options: Sequence[OptionField] = (
        OptionField("endpoint", zh("服务地址"), required=True, help=zh("如 http://10.0.0.8:9000")),
        OptionField("bucket", zh("存储桶"), required=True),
        OptionField("prefix", zh("路径前缀")),
        OptionField("access_key", zh("访问密钥编号"), required=True),
        OptionField("region", zh("区域"), default="us-east-1"),
        *OPTIONS,
    )

    def store(self, answers: Answers) -> Store:
        """Return the bucket, from the prefix on."""
        return S3Store(answers)
