"""A type of device as a document: read with every fault named by its place, written, compared, taken over."""

from onecity.platform.iot.rules.type_documents.changes import Change, changes_between
from onecity.platform.iot.rules.type_documents.common_shape import from_common_shape, is_common_shape, to_common_shape
from onecity.platform.iot.rules.type_documents.reading import BadDocument, read_type
from onecity.platform.iot.rules.type_documents.writing import written_type

__all__ = [
    "BadDocument",
    "Change",
    "changes_between",
    "from_common_shape",
    "is_common_shape",
    "read_type",
    "to_common_shape",
    "written_type",
]
