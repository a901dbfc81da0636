"""Addresses of the case engine's pages."""

from django.urls import path

from onecity.platform.cases.views import calendars, cards, case, lists, opening, requests, types

app_name = "cases"
urlpatterns = [
    path("tasks", lists.tasks, name="tasks"),
    path("tasks/card", lists.waiting_card, name="waiting_card"),
    path("cases", lists.cases, name="cases"),
    path("cases/new", opening.new, name="new"),
    path("cases/id/<int:case_id>", lists.by_id, name="by_id"),
    path("cases/<str:number>", case.case, name="case"),
    path("cases/<str:number>/print", case.printed, name="print"),
    path("cases/<str:number>/process.bpmn", case.process, name="process"),
    path("cases/<str:number>/note", case.note, name="note"),
    path("cases/<str:number>/files", case.add_files, name="files"),
    path("cases/<str:number>/merge", case.merge, name="merge"),
    path("cases/<str:number>/requests", requests.ask, name="ask"),
    path("cases/<str:number>/requests/<int:request_id>/withdraw", requests.withdraw, name="withdraw"),
    path("cases/<str:number>/resume", requests.resume, name="resume"),
    path("cases/<str:number>/reporter", case.reporter, name="reporter"),
    path("cases/<str:number>/tasks/<int:task_id>/complete", case.complete, name="complete"),
    path("cases/<str:number>/tasks/<int:task_id>/claim", case.claim, name="claim"),
    path("cases/<str:number>/tasks/<int:task_id>/release", case.release, name="release"),
    path("cases/<str:number>/tasks/<int:task_id>/reassign", case.reassign, name="reassign"),
    path("supervision/cards", cards.index, name="cards"),
    path("supervision/cards/<int:card_id>", cards.show, name="card"),
    path("supervision/cards/<int:card_id>/appeal", cards.appeal, name="appeal"),
    path("supervision/cards/<int:card_id>/decide", cards.decide, name="decide_card"),
    path("case-types", types.index, name="types"),
    path("case-types/new", types.new, name="new_type"),
    path("case-types/versions/<int:version_id>", types.version, name="version"),
    path("case-types/versions/<int:version_id>/check", types.check, name="check"),
    path("case-types/versions/<int:version_id>/publish", types.publish, name="publish"),
    path("case-types/versions/<int:version_id>/draft", types.draft, name="draft"),
    path("case-types/versions/<int:version_id>/discard", types.discard, name="discard"),
    path("case-types/versions/<int:version_id>/retire", types.retire, name="retire"),
    path("case-types/versions/<int:version_id>/process.bpmn", types.process, name="version_process"),
    path("case-types/versions/<int:version_id>/upload", types.upload, name="upload"),
    path("work-calendar", calendars.calendar, name="calendar"),
    path("work-calendar/days", calendars.set_day, name="set_day"),
    path("work-calendar/days/import", calendars.import_days, name="import_days"),
    path("work-calendar/days/<int:day_id>/remove", calendars.remove_day, name="remove_day"),
    path("work-calendar/periods", calendars.add_period, name="add_period"),
    path("work-calendar/periods/<int:period_id>/remove", calendars.remove_period, name="remove_period"),
]
