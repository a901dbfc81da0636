"""Files in a bucket, through Arrow's S3 file system."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, Self
from urllib.parse import urlsplit

from pyarrow import fs

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import ANSWER_S, CONNECT_S, Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.stores.contract import Entry, hidden, safe

_DRAFTS: Final = ".onecity-stage/drafts"


class S3Store:
    """A bucket.

    An object is written under another name and then copied by the server: uploads that break off would otherwise leave
    half an object under its own name. The copy is one step; it holds for objects up to 5 GB.
    """

    def __init__(self, answers: Answers) -> None:
        address = urlsplit(answers.text("endpoint"))
        if address.scheme not in {"http", "https"} or not address.netloc:
            raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("服务地址")})
        self._system = fs.S3FileSystem(
            access_key=answers.text("access_key"), secret_key=answers.secret, region=answers.text("region"),
            scheme=address.scheme, endpoint_override=address.netloc, connect_timeout=CONNECT_S,
            request_timeout=ANSWER_S,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2), allow_bucket_creation=False,
            allow_delayed_open=False,
        )  # fmt: skip
        self._bucket = answers.text("bucket")
        self._root = "/".join(part for part in (self._bucket, answers.text("prefix").strip("/")) if part)

    def __enter__(self) -> Self:
        with _translated():
            [bucket] = self._system.get_file_info([self._bucket])
        if bucket.type is fs.FileType.NotFound:
            raise Unreachable(zh("连接不上对方：没有这个存储桶"))
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to hang up."""

    def entries(self, under: str = "") -> Sequence[Entry]:
        """Return the objects in order of their names."""
        selector = fs.FileSelector(f"{self._root}/{under}".rstrip("/"), allow_not_found=True, recursive=True)
        with _translated():
            found = [_entry(info, self._root) for info in self._system.get_file_info(selector) if info.is_file]
        found = [entry for entry in found if under or not hidden(entry.name)]
        return sorted(found, key=lambda entry: entry.name)

    def find(self, name: str) -> Entry | None:
        """Return one object, None if it is not there."""
        with _translated():
            [info] = self._system.get_file_info([self._path(name)])
        return _entry(info, self._root) if info.is_file else None

    def open(self, name: str) -> BinaryIO:
        """Open an object; parts of it are fetched as they are asked for."""
        path = self._path(name)
        try:
            with _translated():
                file: BinaryIO = self._system.open_input_file(path)
        except FileNotFoundError:
            raise NotUnderstood(zh("文件“{name}”不存在"), params={"name": name}) from None
        return file

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Upload an object and give it its name in one step."""
        path, draft = self._path(name), f"{self._root}/{_DRAFTS}/{safe(name)}"
        with _translated():
            with self._system.open_output_stream(draft) as file:
                for chunk in chunks:
                    file.write(chunk)
            self._system.copy_file(draft, path)
            self._system.delete_file(draft)

    def remove(self, under: str) -> None:
        """Remove all objects under a name."""
        with _translated():
            self._system.delete_dir_contents(self._path(under), missing_dir_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._root}/{safe(name)}"


def _entry(info: fs.FileInfo, root: str) -> Entry:
    return Entry(info.path.removeprefix(root + "/"), info.size, f"{info.size}-{info.mtime_ns}")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn Arrow's errors into the contract's; its messages name keys and addresses and stay out."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        denied = "ACCESS_DENIED" in str(error) or "HTTP status 403" in str(error)
        raise Unreachable(zh("连接不上对方：对象存储拒绝了请求") if denied else None, params={"reason": "S3"}) from None
