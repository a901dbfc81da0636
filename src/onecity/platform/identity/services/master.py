"""Replacing the master key, so that no moment exists in which the data keys cannot be opened."""

import os
from pathlib import Path

from django.conf import settings

from onecity.kernel.actor import Actor
from onecity.platform.identity.services import keys


def replace_master_key(actor: Actor, *, new_file: Path) -> int:
    """Wrap every data key with the key in `new_file` and put it in the old one's place; returns how many keys.

    Three steps, each of which may be the last before a crash: the new key lies down beside the old one, where every
    process looks too; the data keys are wrapped anew in one transaction; the new key takes the old one's name. Run
    again, it goes on where it stopped.
    Raises: KeyMissing if a file holds no key, or a data key opens with neither.
    """
    new = keys.master_key(new_file)
    beside, place = keys.next_master_file(), settings.ENV.master_key_file
    _write_durably(beside, new.secret.hex())
    count = keys.rewrap(actor, old=keys.master_key(), new=new)
    beside.replace(place)
    _force(place.parent)
    keys.forget()
    return count


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _force(path.parent)


def _force(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
