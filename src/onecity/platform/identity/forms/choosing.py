"""Filling choices: organisations, and permissions in groups as their modules declare them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext

from onecity.kernel.registry import domains
from onecity.platform.identity.registries import permissions


@dataclass(frozen=True, slots=True)
class PermissionBox:
    """One permission as a box to tick. scoped: it may be granted within an organisation or division."""

    code: str
    name: str
    scoped: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """The permissions of one module."""

    name: str
    boxes: tuple[PermissionBox, ...]


def choose(field: forms.Field, choices: Sequence[tuple[Any, str]]) -> None:
    """Offer choices in a field that has some."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def number(text: object) -> int | None:
    """Return the id that was chosen, or None."""
    return int(text) if isinstance(text, str) and text.isdigit() else None


def grouped_permissions(codes: Collection[str], *, ticked: Collection[str] = ()) -> list[PermissionGroup]:
    """Return the permissions among `codes` by module, in the order of modules."""
    groups = []
    for domain in domains():
        mine = [item for item in permissions() if item.code in codes and item.code.startswith(f"{domain.code}.")]
        boxes = tuple(PermissionBox(item.code, gettext(item.name), item.scoped, item.code in ticked) for item in mine)
        if boxes:
            groups.append(PermissionGroup(gettext(domain.name), boxes))
    return groups


class PermissionsField(forms.MultipleChoiceField):
    """Permissions to tick; the page draws them by module. offered: the codes that may be ticked."""

    widget = forms.CheckboxSelectMultiple
    offered: tuple[str, ...] = ()

    def offer(self, *, barred: Collection[str] = ()) -> None:
        """Offer every declared permission but the barred ones."""
        found = [item for item in permissions() if item.code not in barred]
        self.offered = tuple(item.code for item in found)
        self.choices = [(item.code, gettext(item.name)) for item in found]


def permissions_field(form: forms.Form) -> PermissionsField:
    """Return a form's permissions."""
    field = form.fields["permissions"]
    assert isinstance(field, PermissionsField)
    return field


def ticked_groups(form: forms.Form) -> list[PermissionGroup]:
    """Return the boxes of a form's permissions, as they were ticked."""
    chosen = form["permissions"].value() or ()
    return grouped_permissions(permissions_field(form).offered, ticked=[str(code) for code in chosen])
