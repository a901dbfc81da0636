"""An SSH server of one's own that serves files."""

import contextlib
import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ports import PATIENCE_S, free_port, listens, until

_PROGRAM = "/usr/sbin/sshd"
_SETTINGS = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized
PidFile {folder}/pid
PermitRootLogin yes
StrictModes no
UsePAM no
PasswordAuthentication yes
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Sshd:
    """What a client needs. key: the private key that is let in; stranger: one that is not."""

    port: int
    user: str
    host_key: str
    other_host_key: str
    key: str
    stranger: str


@contextlib.contextmanager
def running_sshd() -> Iterator[Sshd]:
    """Run OpenSSH's server for a while, with keys made for the occasion."""
    folder = Path(tempfile.mkdtemp(prefix="onecity-sshd-"))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for name in ("host_key", "other_key", "key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "key.pub", folder / "authorized")
    server = Sshd(
        free_port(), getpass.getuser(), (folder / "host_key.pub").read_text(), (folder / "other_key.pub").read_text(),
        (folder / "key").read_text(), (folder / "stranger").read_text(),
    )  # fmt: skip
    (folder / "settings").write_text(_SETTINGS.format(port=server.port, folder=folder))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([_PROGRAM, "-D", "-e", "-f", folder / "settings"], stdout=log, stderr=log)
    try:
        until(lambda: listens(server.port), what="sshd")
        yield server
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)
