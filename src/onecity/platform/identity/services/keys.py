"""The data keys: drawn once, wrapped by the master key, turned over without a stop."""

import secrets
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sealing import SealingKey, open_sealed, seal
from onecity.kernel.ciphers.sm4 import KEY_BYTES, Undecipherable
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.identity.models import DataKey
from onecity.platform.identity.services.audit import record

NEWEST_KNOWN_SECONDS: Final = 10.0
_WRAP: Final = b"identity.datakey"
_MASTER_VERSION: Final = 0
_cache: dict[tuple[str, int], SealingKey] = {}
_newest: dict[str, tuple[int, float]] = {}
_guard = threading.Lock()


class KeyMissing(Unavailable):
    """The master key's file, or a data key, is not there or does not fit; nothing can be sealed or opened."""

    code = "key_missing"
    message = zh("数据密钥不可用，请联系系统管理员检查主密钥文件")


def sealing_key() -> SealingKey:
    """Return the newest data key."""
    return _newest_key(DataKey.Purpose.SEAL)


def index_key() -> bytes:
    """Return the newest key of the search hashes."""
    return _newest_key(DataKey.Purpose.INDEX).secret


def index_keys() -> list[bytes]:
    """Return all keys of the search hashes: while hashes are being made anew, some rows still carry the older one."""
    newest = _newest_key(DataKey.Purpose.INDEX).version
    return [_key(DataKey.Purpose.INDEX, version).secret for version in range(1, newest + 1)]


def opening_key(version: int) -> SealingKey:
    """Return the data key of this version.

    Raises: KeyMissing.
    """
    return _key(DataKey.Purpose.SEAL, version)


def next_master_file() -> Path:
    """Return where the new master key lies while the old one is being replaced."""
    path: Path = settings.ENV.master_key_file
    return path.with_name(f"{path.name}.next")


def master_key(path: Path | None = None) -> SealingKey:
    """Read the master key: 32 hexadecimal digits in a file that only this user may read.

    Raises: KeyMissing.
    """
    try:
        key = bytes.fromhex((path or settings.ENV.master_key_file).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise KeyMissing from None
    if len(key) != KEY_BYTES:
        raise KeyMissing
    return SealingKey(_MASTER_VERSION, key)


def add_data_key(actor: Actor, *, purpose: str, now: datetime) -> int:
    """Draw a new data key; within `NEWEST_KNOWN_SECONDS` every process seals with it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE identity_datakey IN SHARE ROW EXCLUSIVE MODE")
        last = DataKey.objects.filter(purpose=purpose).order_by("-version").first()
        version = last.version + 1 if last else 1
        wrapped = seal(master_key(), plaintext=secrets.token_bytes(KEY_BYTES), context=_WRAP)
        DataKey.objects.create(purpose=purpose, version=version, wrapped=wrapped, created_at=now)
        record(actor, action="identity.add_data_key", target=f"identity.datakey:{purpose}:{version}")
    forget()
    return version


def rewrap(actor: Actor, *, old: SealingKey, new: SealingKey) -> int:
    """Wrap every data key with a new master key; returns how many. The file is replaced by the caller afterwards.

    May be repeated: a key that the new master key wraps already is opened with it.
    Raises: KeyMissing if a key opens with neither.
    """
    with transaction.atomic():
        keys = list(DataKey.objects.select_for_update())
        for item in keys:
            plain = _unwrapped(bytes(item.wrapped), [old, new])
            item.wrapped = seal(new, plaintext=plain, context=_WRAP)
        DataKey.objects.bulk_update(keys, ["wrapped"])
        record(actor, action="identity.rewrap_data_keys", details={"count": len(keys)})
    forget()
    return len(keys)


def forget() -> None:
    """Drop the opened keys from memory; they are read again when next needed."""
    with _guard:
        _cache.clear()
        _newest.clear()


def _masters() -> list[SealingKey]:
    """Return the master key, and the one that is about to take its place while `rotate_keys --master` runs."""
    following = next_master_file()
    return [master_key(), *([master_key(following)] if following.exists() else [])]


def _unwrapped(wrapped: bytes, masters: list[SealingKey]) -> bytes:
    for key in masters:
        try:
            return open_sealed([key], sealed=wrapped, context=_WRAP)
        except Undecipherable:
            continue
    raise KeyMissing


def _newest_key(purpose: str) -> SealingKey:
    version, known_until = _newest.get(purpose, (0, 0.0))
    if time.monotonic() >= known_until:
        newest = DataKey.objects.filter(purpose=purpose).order_by("-version").first()
        if newest is None:
            raise KeyMissing
        version = newest.version
        with _guard:
            _newest[purpose] = version, time.monotonic() + NEWEST_KNOWN_SECONDS
    return _key(purpose, version)


def _key(purpose: str, version: int) -> SealingKey:
    known = _cache.get((purpose, version))
    if known is None:
        item = DataKey.objects.filter(purpose=purpose, version=version).first()
        if item is None:
            raise KeyMissing
        secret = _unwrapped(bytes(item.wrapped), _masters())
        known = SealingKey(version, secret)
        with _guard:
            _cache[purpose, version] = known
    return known
