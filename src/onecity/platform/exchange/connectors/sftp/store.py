"""Files in a folder of another machine, through Paramiko."""

import io
import posixpath
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Final, Self

import paramiko

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import ANSWER_S, CONNECT_S, Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.stores.contract import Entry, hidden, safe

_CHUNK: Final = 1 << 20
_KEYS: Final = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class SftpStore:
    """A folder over SFTP. Files are replaced by renaming as POSIX does it (OpenSSH's extension), in one step."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._root = answers.text("folder").rstrip("/") or "/"

    def __enter__(self) -> Self:
        self._client = paramiko.SSHClient()
        self._client.get_host_keys().clear()
        self._pin()
        self._client.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            self._client.connect(
                self._answers.text("host"), port=self._answers.integer("port"), username=self._answers.text("user"),
                timeout=CONNECT_S, banner_timeout=CONNECT_S, auth_timeout=CONNECT_S, allow_agent=False,
                look_for_keys=False, **self._credentials(),
            )  # fmt: skip
            self._files = self._client.open_sftp()
            self._files.get_channel().settimeout(ANSWER_S)
            self._files.stat(self._root)
        except (paramiko.BadHostKeyException, paramiko.SSHException, OSError, EOFError) as error:
            self._client.close()
            raise _reason(error) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def entries(self, under: str = "") -> Sequence[Entry]:
        """Return the files in order of their names."""
        with _translated():
            found = list(self._walk(under))
        found = [entry for entry in found if under or not hidden(entry.name)]
        return sorted(found, key=lambda entry: entry.name)

    def find(self, name: str) -> Entry | None:
        """Return one file, None if it is not there."""
        with _translated():
            try:
                known = self._files.stat(self._path(name))
            except FileNotFoundError:
                return None
        return _entry(name, known) if stat.S_ISREG(known.st_mode or 0) else None

    def open(self, name: str) -> BinaryIO:
        """Open a file; it is fetched ahead."""
        with _translated():
            try:
                file = self._files.open(self._path(name), "rb", bufsize=_CHUNK)
            except FileNotFoundError:
                raise NotUnderstood(zh("文件“{name}”不存在"), params={"name": name}) from None
            file.prefetch(file.stat().st_size)
        return io.BufferedReader(Reached(file), _CHUNK)

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a whole file beside its place, then rename it."""
        path = self._path(name)
        folder, file_name = posixpath.split(path)
        draft = f"{folder}/.{file_name}.onecity-draft"
        with _translated():
            self._make(folder)
            with self._files.open(draft, "wb", bufsize=_CHUNK) as file:
                file.set_pipelined(True)
                for chunk in chunks:
                    file.write(chunk)
            self._files.posix_rename(draft, path)

    def remove(self, under: str) -> None:
        """Remove a folder and all in it."""
        with _translated():
            for entry in list(self._walk(safe(under))):
                self._files.remove(self._path(entry.name))
            try:
                self._files.rmdir(self._path(under))
            except FileNotFoundError:
                return

    def _walk(self, under: str) -> Iterator[Entry]:
        place = posixpath.join(self._root, under)
        try:
            listed = self._files.listdir_attr(place)
        except FileNotFoundError:
            return
        for known in listed:
            name = posixpath.join(under, known.filename)
            if stat.S_ISDIR(known.st_mode or 0):
                yield from self._walk(name)
            elif stat.S_ISREG(known.st_mode or 0) and (under or not known.filename.startswith(".")):
                yield _entry(name, known)

    def _make(self, folder: str) -> None:
        try:
            self._files.stat(folder)
        except FileNotFoundError:
            self._make(posixpath.dirname(folder))
            self._files.mkdir(folder)

    def _path(self, name: str) -> str:
        return posixpath.join(self._root, safe(name))

    def _pin(self) -> None:
        """Know the one key that the other machine must show."""
        host, port = self._answers.text("host"), self._answers.integer("port")
        words = self._answers.text("host_key").split()
        line = f"{host if port == 22 else f'[{host}]:{port}'} {' '.join(words[:2])}"
        try:
            entry = paramiko.hostkeys.HostKeyEntry.from_line(line)
        except (paramiko.SSHException, ValueError):
            entry = None
        if entry is None:
            raise NotUnderstood(zh("连接信息的“{title}”填写有误"), params={"title": zh("主机公钥")})
        self._client.get_host_keys().add(entry.hostnames[0], entry.key.get_name(), entry.key)

    def _credentials(self) -> dict[str, str | paramiko.PKey]:
        secret = self._answers.secret
        if not secret.lstrip().startswith("-----BEGIN"):
            return {"password": secret}
        for kind in _KEYS:
            try:
                return {"pkey": kind.from_private_key(io.StringIO(secret))}
            except paramiko.SSHException:
                continue
        raise NotUnderstood(zh("无法识别私钥的格式"))


class Reached(io.RawIOBase):
    """A remote file whose failures are the contract's."""

    def __init__(self, file: paramiko.SFTPFile) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # a narrower buffer
        """Read some bytes."""
        with _translated():
            found: bytes = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go somewhere."""
        with _translated():
            self._file.seek(place, whence)
            return self.tell()

    def tell(self) -> int:
        """Return where the file stands."""
        place: int = self._file.tell()
        return place

    def close(self) -> None:
        """Close it there."""
        if not self.closed:
            with _translated():
                self._file.close()
        super().close()


def _entry(name: str, known: paramiko.SFTPAttributes) -> Entry:
    return Entry(name, known.st_size or 0, f"{known.st_size}-{known.st_mtime}")


def _reason(error: Exception) -> Unreachable:
    if isinstance(error, paramiko.BadHostKeyException):
        return Unreachable(zh("连接不上对方：对方出示的主机公钥与登记的不符"))
    if isinstance(error, paramiko.AuthenticationException):
        return Unreachable(zh("连接不上对方：对方拒绝登录"))
    if isinstance(error, FileNotFoundError):
        return Unreachable(zh("连接不上对方：文件夹不存在"))
    return Unreachable(params={"reason": type(error).__name__})


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (NotUnderstood, Unreachable):
        raise
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise _reason(error) from None
