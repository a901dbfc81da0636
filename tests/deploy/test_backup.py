"""A city that was saved can be restored, and what cannot be trusted is refused."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.gateways.harness import url_of_database

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.documents.models import Document
from onecity.platform.identity.services.audit import record, seal_pending
from onecity.platform.identity.services.verification import verify_audit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TOOLS = Path(__file__).parents[2] / "deploy" / "backup"
CONTENT = b"a decision"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A city with one sealed entry of the trail and one file; the folder of its files."""
    folder = tmp_path / "media"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "cd").write_bytes(CONTENT)
    Document.objects.create(
        holder_code="test.shelf", holder_id=7, name="决定.txt", kind="text", media_type="text/plain", size=len(CONTENT),
        digest=sm3(CONTENT).hex(), storage_name="ab/cd", uploaded_by="system:test", uploaded_at=clock.real_now(),
    )  # fmt: skip
    record(system_actor("test"), action="test.decided")
    seal_pending()
    return folder


def tool(name: str, *words: str, media: Path, key: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "ONECITY_DATABASE_URL": url_of_database(), "ONECITY_MEDIA": str(media)}
    if key:
        environment["ONECITY_MASTER_KEY_FILE"] = str(key)
    command = [str(TOOLS / name), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def saved(media: Path) -> Path:
    target = media.parent / "backups"
    target.mkdir()
    done = tool("backup", str(target), media=media)
    assert done.returncode == 0, done.stderr
    (folder,) = target.glob("onecity-*Z")
    return folder


def test_backup_is_proved_by_restoring_it(media: Path) -> None:
    done = tool("verify", str(saved(media)), media=media)
    assert done.returncode == 0, done.stderr + done.stdout
    assert f"sealed: {verify_audit().sealed}\n" in done.stdout
    assert "files: 1\n" in done.stdout
    assert "The backup can be restored." in done.stdout


def test_secrets_stay_out_of_the_backup(media: Path) -> None:
    backup = saved(media)
    texts = [path.read_text(encoding="utf-8") for path in (backup / "settings", backup / "manifest")]
    for name in ("ONECITY_SECRET_KEY", "ONECITY_BROKER_PASSWORD", "ONECITY_DATABASE_URL"):
        assert not any(os.environ.get(name, "?") in text for text in texts)
    assert Path(os.environ["ONECITY_MASTER_KEY_FILE"]).read_text(encoding="ascii").strip() not in "".join(texts)
    assert not list(backup.rglob("master.key"))


def test_damaged_backup_is_refused(media: Path) -> None:
    backup = saved(media)
    with (backup / "media.tar").open("ab") as file:
        file.write(b"x")
    done = tool("verify", str(backup), media=media)
    assert done.returncode == 2
    assert "the backup is damaged" in done.stderr


def test_wrong_master_key_is_refused(media: Path, tmp_path: Path) -> None:
    key = tmp_path / "other.key"
    key.write_text("00112233445566778899aabbccddeeff")
    done = tool("verify", str(saved(media)), media=media, key=key)
    assert done.returncode == 2
    assert "is not the master key of this backup" in done.stderr


def test_file_that_is_not_what_its_row_says_is_found(media: Path) -> None:
    (media / "ab" / "cd").write_bytes(b"another decision")
    done = tool("verify", str(saved(media)), media=media)
    assert done.returncode == 1
    assert "files are not whole" in done.stdout
