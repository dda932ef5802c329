"""Choosing a profile: the ready-made ones and the account's own, with the reason where one is not allowed.

Parameter: `profile_id`. What a profile shows is on `preview`, what it consists of on `columns` and `filters`.
"""

from dataclasses import dataclass

from cards.actions import Action, Press
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, heading, listed, section
from cards.markup import bold
from cards.people_words import role_word
from cards.widgets import Style, Widget, button, buttons, line, paragraph
from cards.words import Words


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One profile. `reason` says why it cannot be used here; empty when it can."""

    profile_id: str
    name: str
    sentence: str
    column_count: int
    audience: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChooseProfile:
    """The profiles of an account, for the open file."""

    account_name: str
    presets: tuple[ProfileLine, ...]
    saved: tuple[ProfileLine, ...] = ()
    may: frozenset[Action] = frozenset()


def choose_profile(view: ChooseProfile, words: Words) -> Card:
    """Both lists; each profile opens its preview."""
    lead = section(paragraph(words("A profile is a choice of columns, written for one role. Tap one to see it first.")))
    back = button(words("Go home"), Press(Action.RETURN_HOME), style=Style.BORDERLESS)
    return card(
        heading(words("Choose a profile"), view.account_name),
        [
            lead,
            _profiles(view.presets, Icon.PRESET, words("Ready-made"), words),
            _profiles(view.saved, Icon.PROFILE, words("Your own"), words),
            section(buttons(back)),
        ],
    )


def _profiles(profiles: tuple[ProfileLine, ...], sign: Icon, header: str, words: Words) -> Section:
    shown, more = listed(profiles, words, limit=25)
    return section([_profile(each, sign, words) for each in shown], more, header=header)


def _profile(profile: ProfileLine, sign: Icon, words: Words) -> Widget:
    columns = words.plural("{count} column", "{count} columns", profile.column_count)
    top = columns
    if profile.audience:
        top = words("{columns}, for {role}", columns=columns, role=role_word(profile.audience, words))
    if profile.reason:
        why = words("Not for this file: {reason}", reason=profile.reason)
        return line(profile.name, top=top, bottom=why, start=icon(Icon.LOCKED, words))
    press = Press(Action.PREVIEW_PROFILE, {"profile_id": profile.profile_id})
    return line(bold(profile.name), top=top, bottom=profile.sentence, start=icon(sign, words), on=press)
