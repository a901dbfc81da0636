"""Tables of the hotline."""

from onecity.domains.hotline.models.demands import Demand, DemandStep
from onecity.domains.hotline.models.knowledge import Article, ArticleUse, ArticleVersion
from onecity.domains.hotline.models.learning import TopicModel, TrainingText
from onecity.domains.hotline.models.outside import ForeignRequest, Open311Endpoint, Open311Key, ServiceRequest
from onecity.domains.hotline.models.settings import Centre, RefusalReason, Topic, TopicDuty

__all__ = [
    "Article",
    "ArticleUse",
    "ArticleVersion",
    "Centre",
    "Demand",
    "DemandStep",
    "ForeignRequest",
    "Open311Endpoint",
    "Open311Key",
    "RefusalReason",
    "ServiceRequest",
    "Topic",
    "TopicDuty",
    "TopicModel",
    "TrainingText",
]
