"""Lists of devices registered in the background: a million lines, set by set, each line once."""

from onecity.platform.iot.services.imports.asking import ask_import, cancel_import
from onecity.platform.iot.services.imports.working import run_import

__all__ = ["ask_import", "cancel_import", "run_import"]
