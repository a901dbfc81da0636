"""Addresses of the hotline."""

from django.urls import path

from onecity.domains.hotline.views import citizen, desk, knowledge, open311, pool, settings

app_name = "hotline"
urlpatterns = [
    path("demand", citizen.hand_in, name="hand_in"),
    path("demand/find", citizen.find, name="find"),
    path("demand/figures", citizen.figures, name="figures"),
    path("demand/<str:number>", citizen.demand, name="followed"),
    path("demand/<str:number>/rate", citizen.rate, name="rate"),
    path("hotline/call", desk.call, name="call"),
    path("hotline/demands", pool.pool, name="pool"),
    path("hotline/demands/<str:number>/panel", pool.panel, name="panel"),
    path("hotline/demands/<str:number>/change", pool.change, name="change"),
    path("hotline/hot-spots", pool.hot_spots, name="hot_spots"),
    path("hotline/models", pool.models, name="models"),
    path("hotline/models/train", pool.train, name="train"),
    path("hotline/knowledge", knowledge.articles, name="articles"),
    path("hotline/knowledge/new", knowledge.new_article, name="new_article"),
    path("hotline/knowledge/<int:version_id>", knowledge.article, name="article"),
    path("hotline/knowledge/<int:version_id>/edit", knowledge.edit, name="edit_article"),
    path("hotline/knowledge/<int:version_id>/turn", knowledge.turn, name="turn_article"),
    path("hotline/duties", settings.duties, name="duties"),
    path("hotline/duties/<int:duty_id>/remove", settings.remove_duty, name="remove_duty"),
    path("open311/discovery.<str:wanted>", open311.discovery, name="open311_discovery"),
    path("open311/v2/services.<str:wanted>", open311.services, name="open311_services"),
    path("open311/v2/services/<str:code>.<str:wanted>", open311.service, name="open311_service"),
    path("open311/v2/requests.<str:wanted>", open311.requests, name="open311_requests"),
    path("open311/v2/requests/<str:number>.<str:wanted>", open311.one_request, name="open311_request"),
    path("open311/v2/tokens/<str:text>.<str:wanted>", open311.token, name="open311_token"),
]
