"""The only functions that others may call."""

from onecity.domains.opinion.roles import ANALYST, LEADER, UNDERTAKER
from onecity.domains.opinion.rules.warnings import Step
from onecity.domains.opinion.selectors.sources import file_source
from onecity.domains.opinion.services.analysing import analyse_waiting
from onecity.domains.opinion.services.findings import hand_over
from onecity.domains.opinion.services.importing import import_file
from onecity.domains.opinion.services.learning import TooLittleToLearn, train
from onecity.domains.opinion.services.sources import add_source, change_source
from onecity.domains.opinion.services.storing import store
from onecity.domains.opinion.services.training import load_training_texts
from onecity.domains.opinion.services.watching import WatchFacts, set_threshold, set_watch

__all__ = [
    "ANALYST",
    "LEADER",
    "UNDERTAKER",
    "Step",
    "TooLittleToLearn",
    "WatchFacts",
    "add_source",
    "analyse_waiting",
    "change_source",
    "file_source",
    "hand_over",
    "import_file",
    "load_training_texts",
    "set_threshold",
    "set_watch",
    "store",
    "train",
]
