"""The only functions that others may call."""

from onecity.platform.documents.rules.content import FileContentRefused
from onecity.platform.documents.rules.kinds import FileKindRefused
from onecity.platform.documents.rules.names import NameMissing
from onecity.platform.documents.selectors import FileMissing, document, documents_of, opened
from onecity.platform.documents.services.files import (
    AlreadyWithdrawn,
    StorageAway,
    StorageFull,
    TooManyFiles,
    UnknownHolder,
    attach,
    copy_to,
    store,
    withdraw,
)
from onecity.platform.documents.services.images import ImageTooLarge
from onecity.platform.documents.services.intake import FileEmpty, FileTooLarge

__all__ = [
    "AlreadyWithdrawn",
    "FileContentRefused",
    "FileEmpty",
    "FileKindRefused",
    "FileMissing",
    "FileTooLarge",
    "ImageTooLarge",
    "NameMissing",
    "StorageAway",
    "StorageFull",
    "TooManyFiles",
    "UnknownHolder",
    "attach",
    "copy_to",
    "document",
    "documents_of",
    "opened",
    "store",
    "withdraw",
]
