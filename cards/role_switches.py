"""The optional cells of the matrices: what each of the seven roles may see and do besides, switched per account.

Form field: one per switch, named as the parameter `switch`. Parameter: `switch`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, section
from cards.markup import bold
from cards.people_words import role_title
from cards.widgets import Style, Widget, button, buttons, line, paragraph, switch
from cards.words import Words

MAX_GROUPS = 8  # roles with switches on one card
MAX_SWITCHES = 6  # switches of one role: all together stay below the limits of widgets and size


@dataclass(frozen=True, slots=True)
class RoleSwitch:
    """One optional cell of the matrices: what it opens, in display-ready words."""

    switch: str
    label: str
    sentence: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class SwitchGroup:
    """The switches of one role."""

    role: str
    switches: tuple[RoleSwitch, ...]


@dataclass(frozen=True, slots=True)
class RoleSwitches:
    """Every optional cell of an account. `pausing` names tabs that a change has just paused."""

    account_name: str
    groups: tuple[SwitchGroup, ...]
    pausing: tuple[str, ...] = ()


def role_switches(view: RoleSwitches, words: Words) -> Card:
    """A switch per optional cell, sent as soon as it is moved."""
    lead = section(
        paragraph(words("Some things are closed unless you open them. A change counts at once, also in sheets."))
    )
    paused = section()
    if view.pausing:
        paused = section(
            line(bold(words("These tabs were paused")), start=icon(Icon.PAUSED, words)),
            [line(each, start=icon(Icon.SHEET, words)) for each in view.pausing[:10]],
        )
    groups = [_group(group, words) for group in view.groups[:MAX_GROUPS]]
    back = button(words("Show people"), Press(Action.PEOPLE), style=Style.BORDERLESS)
    return card(heading(words("What roles see"), view.account_name), [lead, paused, *groups, section(buttons(back))])


def _group(group: SwitchGroup, words: Words) -> Section:
    header = words("{role} may also", role=role_title(group.role, words))
    return section([_switch(each) for each in group.switches[:MAX_SWITCHES]], header=header)


def _switch(each: RoleSwitch) -> Widget:
    press = Press(Action.SET_SWITCH, {"switch": each.switch})
    return switch(each.label, name=each.switch, on=each.is_on, press=press, bottom=each.sentence)
