"""Roles of the account's own: which there are, what one is made from, and what it sees and does.

Form fields: `role_name`, `groups`, `permissions`. Parameters: `role_id`, or `base` for a new one.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import LIST_LINES, Card, Section, card, field_error, footer, heading, listed, section
from cards.markup import faint
from cards.people_words import ROLE_SENTENCES, role_title
from cards.widgets import Choice, Style, Widget, button, buttons, check_boxes, line, paragraph, text_field
from cards.words import Words

ROLE_NAME_LIMIT = 40  # characters
MOST_BASES = 7  # there are no more roles


@dataclass(frozen=True, slots=True)
class OwnRoleLine:
    """One role. `base`: the role it was made from."""

    role_id: str
    name: str
    base: str
    member_count: int


@dataclass(frozen=True, slots=True)
class OwnRoles:
    """The roles of the account's own."""

    account_name: str
    roles: tuple[OwnRoleLine, ...]


@dataclass(frozen=True, slots=True)
class ChooseBase:
    """What a new role could be made from."""

    account_name: str
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnRoleForm:
    """What a role sees and does; `role_id` is empty for a new one. Only what the viewer may give is offered.

    `warning`: why the viewer cannot change it; then it is only shown.
    """

    role_id: str
    base: str
    name: str
    groups: tuple[Choice, ...]
    permissions: tuple[Choice, ...]
    member_count: int = 0
    warning: str = ""
    name_error: str = ""
    groups_error: str = ""
    permissions_error: str = ""


def own_roles(view: OwnRoles, words: Words) -> Card:
    """Each with who has it, and the way to a new one."""
    shown, more = listed(view.roles, words)
    lead = paragraph(words("A role of your own sees and does what you choose, never more than you do yourself."))
    make = button(words("Make a role"), Press(Action.OWN_ROLE), style=Style.FILLED)
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(
        heading(words("Roles of your own"), view.account_name),
        [
            section(lead, buttons(make, back)),
            section([_role(each, words) for each in shown], more, header=words("Roles")),
        ],
    )


def _role(role: OwnRoleLine, words: Words) -> Widget:
    return line(
        role.name,
        top=words("Made from {role}", role=role_title(role.base, words)),
        bottom=words.plural("{count} person", "{count} people", role.member_count),
        start=icon(Icon.PEOPLE, words),
        on=Press(Action.OWN_ROLE, {"role_id": role.role_id}),
    )


def choose_base(view: ChooseBase, words: Words) -> Card:
    """The roles to begin with; what they see and do is ticked in the form that follows."""
    lead = paragraph(words("Choose the role that comes closest. You can take from it and add to it."))
    lines = [
        line(
            role_title(base, words),
            bottom=words(ROLE_SENTENCES[base]) if base in ROLE_SENTENCES else "",
            start=icon(Icon.PERSON, words),
            on=Press(Action.OWN_ROLE, {"base": base}),
        )
        for base in view.bases[:MOST_BASES]
    ]
    return card(heading(words("Make a role"), view.account_name), [section(lead), section(lines)])


def own_role_form(view: OwnRoleForm, words: Words) -> Card:
    """Name, what it sees, what it does; only in words where the viewer cannot change it."""
    title = view.name if view.role_id else words("New role")
    header = heading(title, words("Made from {role}", role=role_title(view.base, words)))
    back = button(words("Show roles"), Press(Action.OWN_ROLES), style=Style.BORDERLESS)
    if view.warning:
        return card(
            header, [section(field_error(view.warning, words)), *_in_words(view, words), section(buttons(back))]
        )
    known = {"role_id": view.role_id} if view.role_id else {"base": view.base}
    retire = None
    if view.role_id:
        retire = button(words("Remove this role"), Press(Action.RETIRE_ROLE, known), style=Style.BORDERLESS)
    save = button(words("Save role"), Press(Action.SAVE_ROLE, known))
    return card(header, [*_fields(view, words), section(buttons(retire, back))], fixed=footer(save))


def _fields(view: OwnRoleForm, words: Words) -> list[Section]:
    held = words.plural(
        "{count} person has this role. A change counts for them at once, also in sheets.",
        "{count} people have this role. A change counts for them at once, also in sheets.",
        view.member_count,
    )
    name = section(
        text_field("role_name", words("Name of the role"), value=view.name, limit=ROLE_NAME_LIMIT),
        field_error(view.name_error, words),
        paragraph(faint(held)) if view.member_count else None,
    )
    sees = section(
        check_boxes("groups", words("Columns"), view.groups),
        field_error(view.groups_error, words),
        header=words("Sees"),
    )
    does = section(
        check_boxes("permissions", words("In the sidebar"), view.permissions),
        field_error(view.permissions_error, words),
        header=words("May do"),
    )
    return [name, sees, does]


def _in_words(view: OwnRoleForm, words: Words) -> list[Section]:
    """What of the role the viewer may know: the rights they have themselves."""
    parts = ((words("Sees, among others"), view.groups), (words("May do, among others"), view.permissions))
    return [
        section([line(each.text, bottom=each.hint) for each in rights[:LIST_LINES] if each.selected], header=header)
        for header, rights in parts
    ]
