"""How a new tab looks: nothing is cut off, and colours repeat what the cells say."""

from itertools import pairwise

import pytest
from local_world import WORLD_URL

from service.core.columns import COLUMNS
from service.core.kinds import KindId
from service.core.meanings import MEANINGS
from service.core.profiles import ChosenColumn, Profile, Sort
from service.core.roles import Audience, Role
from service.core.rows import Grain
from service.core.sla import TIER_LIMITS
from service.flows.looks import filter_views, header_column
from service.google.rules import Criterion

WIDEST_LETTER_PX = 7  # a bold letter of Arial 10, on average over a heading
MARGINS_PX = 10


@pytest.mark.parametrize("key", COLUMNS)
def test_a_heading_fits_its_column(key):
    """Also a heading of the account's own, however long."""
    for header in (COLUMNS[key].header, "A heading that somebody made long"):
        column = header_column(ChosenColumn(key, header), Grain.LINE)
        assert column.width_px >= len(header) * WIDEST_LETTER_PX + MARGINS_PX


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.choices])
def test_a_word_of_a_list_fits_its_column(key):
    """Widths measured in Chromium: a capital of Arial 10 takes 8.3 pixels on average, another letter 6.5."""
    column = header_column(ChosenColumn(key, COLUMNS[key].header), Grain.ORDER)
    for word in COLUMNS[key].choices:
        needed = sum(8.3 if letter.isupper() or letter == "_" else 6.5 for letter in word)
        assert column.width_px >= needed + MARGINS_PX, word


# --- colours ---------------------------------------------------------------------------------------------------------


def tints(key):
    return header_column(ChosenColumn(key, COLUMNS[key].header), Grain.LINE).tints


def luminance(colour):
    """Relative luminance by WCAG 2.2, of red, green and blue from 0 to 1."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("key", ["sla_tier", "sla_left", "flag"])
def test_every_coloured_cell_can_be_read(key):
    """The ratio that WCAG asks of text of this size."""
    for tint in tints(key):
        assert contrast(tint.ink, tint.fill) >= 4.5, tint.operand


def test_urgency_is_a_ladder_that_is_seen_in_grey_as_well():
    """Each tier is lighter than the more pressing one by a step that a copier or a colour-blind eye keeps apart."""
    fills_ = [tint.fill for tint in tints("sla_tier")]
    assert [tint.operand for tint in tints("sla_tier")] == ["overdue", "critical", "high", "soon"]
    for pressing, calmer in pairwise([*fills_, (1.0, 1.0, 1.0)]):
        assert luminance(calmer) > luminance(pressing)
        assert contrast(calmer, pressing) >= 1.1
    assert [tint.is_bold for tint in tints("sla_tier")] == [True, True, False, False]


def test_the_countdown_is_coloured_like_the_urgency_it_has_reached():
    by_word = {tint.operand: (tint.fill, tint.ink, tint.is_bold) for tint in tints("sla_tier")}
    by_time = [(tint.operand, (tint.fill, tint.ink, tint.is_bold)) for tint in tints("sla_left")]
    limits = {"overdue": "=0/24", "critical": "=4/24", "high": "=12/24", "soon": "=24/24"}
    assert by_time == [(limits[word], look) for word, look in by_word.items()]


def test_no_colour_says_anything_that_a_word_or_a_sign_does_not():
    """A tier and a flag stand there as words; time that is over has a minus."""
    for key in ("sla_tier", "flag"):
        assert {tint.operand for tint in tints(key)} <= set(COLUMNS[key].choices)
    assert COLUMNS["sla_left"].kind.number_format().pattern == "[h]:mm"


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", COLUMNS)
def test_a_heading_explains_its_column_and_what_becomes_of_typing(key):
    note = header_column(ChosenColumn(key, COLUMNS[key].header), Grain.LINE, is_key=key == "row_key").note
    assert note.startswith(COLUMNS[key].sentence)
    assert note.endswith(("is replaced.", "leave it as it is."))


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.choices])
def test_every_constant_in_a_cell_is_explained_on_its_heading(key):
    """The cell keeps TikTok's own word, which people's formulas rely on."""
    note = header_column(ChosenColumn(key, "My heading"), Grain.LINE).note
    for word in COLUMNS[key].choices:
        is_constant = word.isupper() and "_" in word
        assert not is_constant or f"{word} – " in note
    for word in MEANINGS.get(key, {}):
        assert word in COLUMNS[key].choices


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.kind.kind_id is KindId.ENUM])
def test_the_words_of_a_list_are_the_ones_that_are_not_marked(key):
    assert tuple(header_column(ChosenColumn(key, "X"), Grain.LINE).words) == COLUMNS[key].choices


# --- filter views ----------------------------------------------------------------------------------------------------


def views(keys, *, role=Role.OWNER, sort=()):
    columns = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    profile = Profile(profile_id="", name="P", grain=Grain.LINE, columns=columns, sort=sort)
    return {view.title: view for view in filter_views(profile, Audience(role))}


def test_a_view_stands_ready_for_every_question_the_columns_can_answer():
    found = views(["order_id", "sla_due", "sla_left", "sla_tier", "action_needed"], sort=(Sort("sla_due"),))
    assert list(found) == ["Due today", "Overdue", "Cancel requested"]
    assert found["Due today"].criterion == Criterion("sla_due", "DATE_EQ", "=TODAY()")
    assert found["Overdue"].criterion == Criterion("sla_tier", "TEXT_EQ", "overdue")
    assert found["Cancel requested"].criterion == Criterion("action_needed", "TEXT_EQ", "Cancellation requested")
    assert {view.order for view in found.values()} == {(("sla_due", True),)}


@pytest.mark.parametrize(
    ("keys", "titles"),
    [
        (["order_id", "sla_left"], ["Overdue"]),
        (["order_id", "cancel_request_at"], ["Cancel requested"]),
        (["order_id", "order_total"], []),
    ],
)
def test_a_view_asks_of_no_column_that_the_tab_does_not_have(keys, titles):
    """What its audience may not see is not in the tab, so no view can be used to conclude it."""
    found = views(keys, sort=(Sort("sla_due"), Sort("order_id", descending=True)))
    assert list(found) == titles
    for view in found.values():
        assert view.criterion.column in keys
        assert view.order == (("order_id", False),)


# --- in the sheet ----------------------------------------------------------------------------------------------------


def test_every_tier_but_the_quiet_one_has_its_colour(rig, paper):
    """A row shows the colour of its urgency and of its countdown; a row with time to spare shows none."""
    (order_id,) = rig.place(1)
    rig.settle()
    assert fills(rig, paper, order_id) == {"Urgency": None, "Time left": None}
    due_at = rig.services.clock.market() + TIER_LIMITS[-1][1]
    rig.edit(order_id, rts_sla_time=int(due_at.timestamp()))
    rig.settle()
    soon = fills(rig, paper, order_id)
    rig.edit(order_id, rts_sla_time=int(rig.services.clock.market().timestamp()) - 60)
    rig.settle()
    late = fills(rig, paper, order_id)
    for each in (soon, late):
        assert each["Urgency"] == each["Time left"] is not None
    assert soon != late


def fills(rig, paper, order_id):
    """Heading → fill of the order's row, as the open window shows it."""
    picture = rig.world.http.get(f"{WORLD_URL}/sheets/control/spreadsheets/{paper.spreadsheet_id}").json()
    (tab,) = [one for one in picture["sheets"] if one["title"] == paper.tab]
    (head, *rows) = [{cell["c"]: cell for cell in cells} for _, cells in tab["rows"]]
    row = next(one for one in rows if one[0]["t"] == order_id)
    return {
        cell["t"]: row[place].get("background") for place, cell in head.items() if cell["t"] in {"Urgency", "Time left"}
    }
