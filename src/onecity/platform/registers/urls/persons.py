"""Addresses of the registers: persons. No identifier is ever part of one."""

from django.urls import URLPattern, path

from onecity.platform.registers.views import persons_changes, persons_file, persons_households, persons_search

urlpatterns: list[URLPattern] = [
    path("registers/persons", persons_search.search, name="persons"),
    path("registers/persons/new", persons_search.new, name="new_person"),
    path("registers/persons/<int:person_id>", persons_file.person, name="person"),
    path("registers/persons/<int:person_id>/open", persons_file.open_, name="open_person"),
    path("registers/persons/<int:person_id>/look", persons_file.look, name="look_at_person"),
    path("registers/persons/<int:person_id>/as-of", persons_file.as_of, name="person_as_of"),
    path("registers/persons/<int:person_id>/uses", persons_file.uses, name="person_uses"),
    path("registers/persons/<int:person_id>/change", persons_changes.change, name="change_person"),
    path("registers/persons/<int:person_id>/events/<slug:kind>", persons_changes.event, name="person_event"),
    path("registers/persons/<int:person_id>/certificates", persons_changes.certificate, name="new_certificate"),
    path(
        "registers/persons/<int:person_id>/certificates/<int:certificate_id>/withdraw",
        persons_changes.withdraw,
        name="withdraw_certificate",
    ),
    path("registers/households/new", persons_search.new_household, name="new_household"),
    path("registers/households/<int:household_id>", persons_households.household, name="household"),
    path("registers/households/<int:household_id>/open", persons_households.open_, name="open_household"),
    path("registers/households/<int:household_id>/split", persons_households.split, name="split_household"),
    path("registers/households/<int:household_id>/merge", persons_households.merge, name="merge_household"),
    path("registers/households/<int:household_id>/head", persons_households.head, name="set_head"),
]
