"""What identity needs in the database before the first request; run after each migration, any number of times."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import system_actor
from onecity.platform.identity.models import AuditHead, DataKey
from onecity.platform.identity.services.audit import GENESIS
from onecity.platform.identity.services.keys import add_data_key, forget
from onecity.platform.identity.services.roles import sync_builtin_roles


def prepare(*, now: datetime) -> None:
    """Make sure of the audit chain's head, of each purpose's first data key, and of current built-in roles."""
    forget()
    with transaction.atomic():
        if not AuditHead.objects.exists():
            AuditHead.objects.create(digest=GENESIS)
        for purpose in DataKey.Purpose.values:
            if not DataKey.objects.filter(purpose=purpose).exists():
                add_data_key(system_actor("prepare"), purpose=purpose, now=now)
        sync_builtin_roles()
