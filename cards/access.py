"""What a person is given, as fields of a form: role, shops, and until when. Used by invitations and by a member's card.

Form fields: `role`, `shops` (ids; none for every shop), `until` (the last day of access; empty for no end).
"""

from dataclasses import dataclass

from cards.layout import Section, field_error, section
from cards.markup import faint
from cards.people_words import OwnRoleName, role_choices
from cards.widgets import Choice, Widget, check_boxes, date_field, multi_select, paragraph, radio
from cards.words import Words

FEW_SHOPS = 8  # that are all in view; more are found by typing


@dataclass(frozen=True, slots=True)
class Access:
    """What can be given and what is chosen. `roles`: as written down, `own_roles` the account's own among them.

    `shops`: none when there is nothing to choose. `until_ms`: midnight UTC of the last day, in milliseconds.
    `no_later_than`: the last day that the viewer can give, in words, empty when there is none.
    """

    roles: tuple[str, ...]
    role: str = ""
    own_roles: tuple[OwnRoleName, ...] = ()
    shops: tuple[Choice, ...] = ()
    until_ms: int | None = None
    no_later_than: str = ""
    role_error: str = ""
    shops_error: str = ""
    until_error: str = ""


def access_fields(access: Access, label: str, words: Words) -> list[Section]:
    """The three questions, each with the hint at what could not be used."""
    role = section(
        radio("role", label, role_choices(access.roles, access.role, words, own=access.own_roles)),
        field_error(access.role_error, words),
    )
    limit = words("Not after {day}: your own access ends then.", day=access.no_later_than)
    until = section(
        date_field("until", words("Last day of access"), day_ms=access.until_ms),
        paragraph(faint(limit if access.no_later_than else words("Leave it empty for access without an end."))),
        field_error(access.until_error, words),
    )
    return [role, _shops(access, words), until]


def _shops(access: Access, words: Words) -> Section:
    if not access.shops:
        return section()
    field: Widget = (
        check_boxes("shops", words("Only these shops"), access.shops)
        if len(access.shops) <= FEW_SHOPS
        else multi_select("shops", words("Only these shops"), access.shops)
    )
    note = paragraph(faint(words("Choose none for every shop, also later ones.")))
    return section(field, note, field_error(access.shops_error, words))
