"""How a new tab looks: nothing is cut off, and colours repeat what the cells say."""

import pytest
from local_world import WORLD_URL

from service.core.columns import COLUMNS
from service.core.profiles import ChosenColumn
from service.core.rows import Grain
from service.core.sla import TIER_LIMITS
from service.flows.looks import header_column

WIDEST_LETTER_PX = 7  # a bold letter of Arial 10, on average over a heading
MARGINS_PX = 10


@pytest.mark.parametrize("key", COLUMNS)
def test_a_heading_fits_its_column(key):
    """Also a heading of the account's own, however long."""
    for header in (COLUMNS[key].header, "A heading that somebody made long"):
        column = header_column(ChosenColumn(key, header), Grain.LINE, is_hidden=False)
        assert column.width_px >= len(header) * WIDEST_LETTER_PX + MARGINS_PX


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.choices])
def test_a_word_of_a_list_fits_its_column(key):
    """Widths measured in Chromium: a capital of Arial 10 takes 8.3 pixels on average, another letter 6.5."""
    column = header_column(ChosenColumn(key, COLUMNS[key].header), Grain.ORDER, is_hidden=False)
    for word in COLUMNS[key].choices:
        needed = sum(8.3 if letter.isupper() or letter == "_" else 6.5 for letter in word)
        assert column.width_px >= needed + MARGINS_PX, word


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
