"""What devices say that is no reading."""

from datetime import datetime

from onecity.platform.iot.models import DeviceNote


def keep_note(device_id: int, *, kind: str, content: str, now: datetime) -> None:
    """Keep what a device said, as it said it. kind: its command code. now: city time."""
    DeviceNote.objects.create(
        device_id=device_id, kind=kind[:20], content=content.replace("\0", "\ufffd"), received_at=now
    )
