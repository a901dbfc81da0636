"""Keeps the files of our own broker, and tells it when they changed."""

import contextlib
import fcntl
import os
import pwd
import signal
import tempfile
import time
from pathlib import Path
from typing import Final

from onecity.platform.iot.services.broker_files import (
    CONFIGURATION,
    PASSWORDS,
    PROCESS,
    RIGHTS,
    Listening,
    configuration,
    denied_keys,
    passwords,
    rights,
)
from onecity.platform.iot.services.broker_papers import Secure

USER: Final = "mosquitto"
_LOCK: Final = "passwords.lock"
_AGAIN_S: Final = 2.0


def broker_user() -> str:
    """Return whom a broker becomes that root starts; "" if we are not root."""
    return USER if os.geteuid() == 0 else ""


def write_broker_files(
    folder: Path, *, host: str, port: int, gateway_password: str, secure: Secure | None = None
) -> None:
    """Write all files of a broker that listens at `host` and `port`; only its user can read them.

    secure: where it listens with TLS, and what it shows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _give(folder)
    listening = Listening(host, port)
    if secure is not None:
        listening = Listening(host, port, secure.tls_port, secure.certificate_port)
        for name, text in secure.files().items():
            _write(folder / name, text)
    _write(folder / CONFIGURATION, configuration(folder, listening=listening, user=broker_user()))
    write_passwords(folder, gateway_password=gateway_password)


def write_passwords(folder: Path, *, gateway_password: str) -> None:
    """Write the password file, and who is denied, anew.

    One writer at a time, who reads the devices while he holds the lock: else a slow one would put back what he read
    before a device got its token, and lock it out.
    """
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write(folder / PASSWORDS, "".join(passwords(gateway_password=gateway_password)))
        _write(folder / RIGHTS, rights(denied_keys()))
    finally:
        os.close(lock)


class BrokerKeeper:
    """Writes the password file anew when devices changed. folder: None if the broker is not ours to keep.

    `note_change` may be called from any thread, `look` from one. The broker forgets a signal that reaches it in the
    middle of reading its files, so each change is told a second time, at the next look after `_AGAIN_S`.
    """

    def __init__(self, folder: Path | None, *, gateway_password: str) -> None:
        self._folder = folder
        self._gateway_password = gateway_password
        self._changed = False
        self._again_at: float | None = None

    def note_change(self) -> None:
        """Note that a device, or its token, changed."""
        self._changed = True

    def look(self) -> None:
        """Do what is due; a broker that is told so also parts with those who may no longer be there."""
        if self._folder is None or not (self._folder / PROCESS).exists():
            return
        if self._changed:
            self._changed = False
            write_passwords(self._folder, gateway_password=self._gateway_password)
            self._again_at = time.monotonic() + _AGAIN_S
            _tell(self._folder)
        elif self._again_at is not None and time.monotonic() >= self._again_at:
            self._again_at = None
            _tell(self._folder)


def _tell(folder: Path) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
        os.kill(int((folder / PROCESS).read_text()), signal.SIGHUP)


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, so that nobody reads half of it; each writer has a draft of its own until then."""
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
    _give(Path(draft))
    Path(draft).replace(path)


def _give(path: Path) -> None:
    user = broker_user()
    if user:
        known = pwd.getpwnam(user)
        os.chown(path, known.pw_uid, known.pw_gid)
