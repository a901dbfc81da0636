"""Addresses of public opinion."""

from django.urls import path

from onecity.domains.opinion.views import articles, briefs, learning, sources, themes, warned, watching

app_name = "opinion"
urlpatterns = [
    path("opinion/articles", articles.articles, name="articles"),
    path("opinion/articles/<int:article_id>", articles.article, name="article"),
    path("opinion/articles/<int:article_id>/mood", articles.mood, name="mood"),
    path("opinion/articles/<int:article_id>/hand-over", articles.hand_over, name="hand_over_article"),
    path("opinion/themes", themes.themes, name="themes"),
    path("opinion/themes/<int:theme_id>", themes.theme, name="theme"),
    path("opinion/themes/<int:theme_id>/hand-over", themes.hand_over, name="hand_over_theme"),
    path("opinion/warnings", warned.board, name="warnings"),
    path("opinion/warnings/all", warned.history, name="all_warnings"),
    path("opinion/warnings/<int:warning_id>/seen", warned.seen, name="seen"),
    path("opinion/sources", sources.sources, name="sources"),
    path("opinion/sources/new", sources.new, name="new_source"),
    path("opinion/sources/<int:source_id>", sources.source, name="source"),
    path("opinion/sources/<int:source_id>/change", sources.change, name="change_source"),
    path("opinion/sources/<int:source_id>/look", sources.look, name="look"),
    path("opinion/sources/<int:source_id>/import", sources.bring_in, name="import"),
    path("opinion/watches", watching.watches, name="watches"),
    path("opinion/watches/new", watching.watch, name="new_watch"),
    path("opinion/watches/<int:watch_id>", watching.watch, name="watch"),
    path("opinion/thresholds", watching.thresholds, name="thresholds"),
    path("opinion/thresholds/<int:threshold_id>/remove", watching.remove, name="remove_threshold"),
    path("opinion/briefs", briefs.briefs, name="briefs"),
    path("opinion/briefs/make", briefs.make, name="make_brief"),
    path("opinion/briefs/<int:brief_id>", briefs.brief, name="brief"),
    path("opinion/models", learning.models, name="models"),
    path("opinion/models/train", learning.train, name="train"),
]
