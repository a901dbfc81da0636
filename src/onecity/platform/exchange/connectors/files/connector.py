"""The connector for files in a folder of the machine on which the engine runs."""

from collections.abc import Sequence

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.stores.connector import OPTIONS, StoreConnector
from onecity.platform.exchange.connectors.stores.contract import Store
from onecity.platform.exchange.connectors.stores.local import LocalStore
from onecity.platform.exchange.contracts.places import OptionField


class FilesConnector(StoreConnector):
    """CSV, Excel, JSON and Parquet files."""

    kind: str = "files"
    title: str = zh("文件夹（CSV、Excel、JSON、Parquet）")
    options: Sequence[OptionField] = (
        OptionField("folder", zh("文件夹"), required=True, help=zh("运行引擎的机器上的路径")),
        *OPTIONS,
    )

    def store(self, answers: Answers) -> Store:
        """Return the folder."""
        return LocalStore(answers.text("folder"))
