"""The training of the model that suggests topics, as a job."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.hotline.services.learning import train
from onecity.kernel import clock
from onecity.platform.jobs.declare import Progress, Result

TRAINING: Final = "hotline.train"


def run_training(progress: Progress, _: Mapping[str, object]) -> Result:
    """Train the model that suggests topics."""
    trained = train(progress, now=clock.city_now())
    return {
        "模型版本": trained.version,
        "训练样本数": trained.samples,
        "留出样本数": trained.held_out,
        "准确率": round(trained.accuracy, 4),
        "前三准确率": round(trained.accuracy_top3, 4),
    }
