"""The connector for files on other machines, over SFTP."""

from collections.abc import Sequence

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.sftp.store import SftpStore
from onecity.platform.exchange.connectors.stores.connector import OPTIONS, StoreConnector
from onecity.platform.exchange.connectors.stores.contract import Store
from onecity.platform.exchange.contracts.places import OptionField


class SftpConnector(StoreConnector):
    """Files in a folder of another machine. The secret is a password, or a private key as text."""

    kind: str = "sftp"
    title: str = zh("SFTP 服务器")
    options: Sequence[OptionField] = (
        OptionField("host", zh("主机"), required=True),
        OptionField("port", zh("端口"), type="integer", default=22),
        OptionField("user", zh("用户"), required=True),
        OptionField(
            "host_key", zh("主机公钥"), required=True, help=zh("如 ssh-ed25519 AAAA…，与对方出示的不符时拒绝连接")
        ),
        OptionField("folder", zh("文件夹"), default="."),
        *OPTIONS,
    )

    def store(self, answers: Answers) -> Store:
        """Return the folder."""
        return SftpStore(answers)
