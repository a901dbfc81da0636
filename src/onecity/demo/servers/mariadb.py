"""A private MariaDB: its data folder, its accounts and the command line that runs it."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

OWNER: Final = "mysql"
_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"


class NotInstalled(Exception):
    """Debian's package mariadb-server is missing, or its folder is out of its owner's reach."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A database (utf8mb4) with one account that may do everything in it, from this machine only.

    name, account: plain words (letters, digits, underscores)."""

    name: str
    account: str
    password: str = field(repr=False)


def prepare(folder: Path, *, port: int, schemas: Sequence[Schema], memory_mb: int = 128) -> tuple[str, ...]:
    """Make a private MariaDB in `folder` if there is none, and return the command line that runs it.

    The server listens on 127.0.0.1:port and on the socket `folder/socket`, durable on every commit; schemas and
    accounts are made, and passwords set, at each start. When root calls, the folder goes to the user `mysql`,
    under whom the server runs; else it runs under the caller. SIGTERM stops it in good order.
    memory_mb: its page buffer.
    Raises: NotInstalled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    accounts = folder / "accounts.sql"
    accounts.touch(mode=0o600)
    accounts.write_text("".join(_account(schema) for schema in schemas), encoding="utf-8")
    passing = folder / "tmp"  # a server that starts deletes other servers' passing tables where they share a folder
    passing.mkdir(exist_ok=True)
    options = (*_give_to_owner(folder, accounts, passing), f"--tmpdir={passing}")
    data = folder / "data"
    if not (data / "mysql").is_dir():
        _install(data, options=options)
    return (
        *(_program("mariadbd"), "--no-defaults", f"--datadir={data}", f"--init-file={accounts}", *options),
        *(
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
        ),
        *("--skip-name-resolve", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin"),
        *(f"--innodb-buffer-pool-size={memory_mb}M", "--innodb-log-file-size=96M", "--max-connections=60"),
        *("--innodb-flush-log-at-trx-commit=1", "--performance-schema=OFF", "--skip-log-bin"),
    )


def _account(schema: Schema) -> str:
    """Return the statements for one schema; the server reads one statement a line."""
    for word in (schema.name, schema.account):
        if not word.isidentifier() or not word.isascii():
            raise ValueError(word)
    password = schema.password.replace("\\", "\\\\").replace("'", "''")
    return (
        f"CREATE DATABASE IF NOT EXISTS `{schema.name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n"
        f"CREATE USER IF NOT EXISTS '{schema.account}'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        f"ALTER USER '{schema.account}'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON `{schema.name}`.* TO '{schema.account}'@'127.0.0.1';\n"
    )


def _program(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise NotInstalled(name)
    return found


def _give_to_owner(folder: Path, *within: Path) -> tuple[str, ...]:
    """Hand the folder and what is in it to the user under whom the server runs; return the option that names it."""
    if os.geteuid() != 0:
        return ()
    try:
        for path in (folder, *within):
            shutil.chown(path, OWNER, OWNER)
    except LookupError as error:
        raise NotInstalled(OWNER) from error
    folder.chmod(0o711)
    reach = [_program("runuser"), "-u", OWNER, "--", "test", "-x", str(folder)]
    if subprocess.run(reach, check=False).returncode != 0:  # noqa: S603  # the system's own program
        raise NotInstalled(f"{OWNER}: {folder}")
    return (f"--user={OWNER}",)


def _install(data: Path, *, options: Sequence[str]) -> None:
    """Make the data folder under another name first: one cut short is not taken for a whole one."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        *(_program("mariadb-install-db"), "--no-defaults", f"--datadir={fresh}", *options),
        *("--auth-root-authentication-method=socket", "--skip-test-db", "--skip-name-resolve"),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # the package's own program
    fresh.rename(data)
