"""Somebody's right ends while a flush runs: at whichever call it happens, nothing more is sent for it.

A right is asked for once more in the transaction before each send, so what a pass had already handed to the wire is the
last thing that anybody got. The doors of the calls are those of a first pass, which makes the tab, and of a later one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from flows.boundary import change_role, end_membership, join, let_in, revoke
from flows.rig import SAM

from service.core.custom_roles import Choice
from service.core.roles import Group, Permission, Role, Switch
from service.flows import members, own_roles, stream


class Between(httpx.BaseTransport):
    """The wire to Google. Right before a call of the chosen number about the sheet, the deed is done."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.number, self.deed, self.calls = 0, None, 0
        self.wrote_after = False
        self.is_done = False

    def before(self, number: int, deed: Callable[[], None]) -> None:
        self.number, self.deed, self.calls, self.is_done, self.wrote_after = number, deed, 0, False, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/v4/spreadsheets" in request.url.path:
            self.calls += 1
            is_write = request.url.path.endswith(":batchUpdate")
            self.wrote_after = self.wrote_after or (is_write and self.is_done)
            if self.calls == self.number and not is_write:
                self.deed()
                self.is_done = True
        return self._inner.handle_request(request)


@pytest.fixture
def wire(rig):
    """Between the product and Google."""
    client = rig.services.google._transport._http
    between = Between(client._transport)
    client._transport = between
    return between


@dataclass
class Ending:
    """How a right ends. `arrange` comes before the sheet is bound and gives what `happen` needs."""

    arrange: Callable
    happen: Callable


def packer_in_the_file(rig, paper):
    member_id = join(rig, SAM, Role.WAREHOUSE)
    let_in(rig, paper, SAM.email)
    return member_id


def end_now(rig, _member_id):
    """It runs out by itself, a second from now; the second passes."""
    end_membership(rig, SAM, rig.clock.now() + timedelta(seconds=1))
    rig.clock.advance(2)


def reach_less(rig, member_id):
    members.change(
        rig.services, rig.owner, member_id, role=Role.WAREHOUSE, shop_ids=[rig.shop.id], expires_at=None
    )  # fmt: skip


ENDINGS = {
    "revoked": Ending(packer_in_the_file, revoke),
    "another role": Ending(packer_in_the_file, lambda rig, member_id: change_role(rig, member_id, Role.ACCOUNTANT)),
    "fewer shops": Ending(packer_in_the_file, reach_less),
    "run out": Ending(packer_in_the_file, end_now),
    "switched off": Ending(
        lambda rig, _paper: rig.switch(Switch.WAREHOUSE_PII),
        lambda rig, _nothing: rig.switch(Switch.WAREHOUSE_PII, wanted="off"),
    ),
}


def bind_for_packers(rig, paper, *, with_buyers):
    """The pick list shows buyers, which a switch allows."""
    preset = "pick_and_ship" if with_buyers else "sla_watch_list"
    return rig.bind(paper, rig.preset(preset, Role.WAREHOUSE))


def streaming(rig, name):
    """A sheet that follows the shop, with whoever is about to lose a right."""
    ending, paper = ENDINGS[name], rig.spreadsheet()
    held = ending.arrange(rig, paper)
    bind_for_packers(rig, paper, with_buyers=name == "switched off")
    return ending, paper, held


#: What the hands of people make of a pass → how many times it reads before it writes.
PASSES = {"nothing moved": 1, "rows were moved": 3}


@pytest.mark.parametrize(("hands", "number"), [(hands, 1 + at) for hands in PASSES for at in range(PASSES[hands])])
@pytest.mark.parametrize("name", sorted(ENDINGS))
def test_a_right_that_ends_before_any_call_of_a_flush_stops_it(rig, wire, name, hands, number):
    """Before each of its reads, of which the last comes before the write."""
    ending, paper, held = streaming(rig, name)
    first = rig.place(4)
    rig.settle()
    rig.clock.advance(20)
    rig.ship(first[0])
    tab = rig.only_binding(paper).tab_title
    if hands == "rows were moved":
        paper.hand("insert", "ROWS", 1, tab=tab)
    before = rig.world.emulator.state.workbook(paper.spreadsheet_id).version
    wire.before(number, lambda: ending.happen(rig, held))
    rig.run_pass(paper)
    assert wire.is_done
    assert not wire.wrote_after, "something was sent although the right had ended"
    assert rig.world.emulator.state.workbook(paper.spreadsheet_id).version == before


@pytest.mark.parametrize(("hands", "reads"), sorted(PASSES.items()))
def test_the_same_flush_writes_where_no_right_ends(rig, wire, hands, reads):
    """So it is the end of the right that stops the others, and these are all of their calls."""
    _ending, paper, _held = streaming(rig, "revoked")
    first = rig.place(4)
    rig.settle()
    rig.clock.advance(20)
    rig.ship(first[0])
    if hands == "rows were moved":
        paper.hand("insert", "ROWS", 1, tab=rig.only_binding(paper).tab_title)
    wire.before(1, lambda: None)
    rig.run_pass(paper)
    assert wire.wrote_after
    assert wire.calls == reads + 1


@pytest.mark.parametrize("name", sorted(ENDINGS))
def test_the_flushes_after_it_send_no_row_either(rig, wire, name):
    """Not until whoever lost it is out of the file, or has it again."""
    ending, paper, held = streaming(rig, name)
    rig.place(1)
    rig.settle()
    tab = rig.only_binding(paper).tab_title
    before = paper.grid(tab=tab)
    wire.before(1, lambda: ending.happen(rig, held))
    rig.clock.advance(20)
    rig.place(2)
    rig.settle()
    rig.live_through(200)
    rig.place(1)
    rig.settle()
    assert [row[:2] for row in paper.grid(tab=tab)] == [row[:2] for row in before]


@pytest.mark.parametrize("name", sorted(ENDINGS))
def test_a_right_that_ends_while_the_tab_is_made_leaves_it_without_rows(rig, wire, name):
    ending, paper, held = streaming(rig, name)
    rig.place(2)
    wire.before(1, lambda: ending.happen(rig, held))
    rig.settle()
    tab = rig.only_binding(paper).tab_title
    titles = [sheet.title for sheet in rig.world.emulator.state.workbook(paper.spreadsheet_id).sheets]
    assert wire.is_done
    assert tab not in titles or len([row for row in paper.grid(tab=tab) if any(row)]) <= 1, "a header at most"


def test_a_role_of_ones_own_that_is_narrowed_stops_the_sheets_written_for_it(rig, wire):
    """The file is written for the role, whose choice of groups is changed while the pass reads."""
    wide = frozenset({Group.ID, Group.ID_MASKED, Group.ITEM, Group.STATUS, Group.FULFIL})
    made = own_roles.make(
        rig.services, rig.owner, Choice("Night shift", Role.WAREHOUSE, wide, frozenset({Permission.ORDERS_SEE}))
    )
    narrow = Choice("Night shift", Role.WAREHOUSE, wide - {Group.FULFIL}, frozenset({Permission.ORDERS_SEE}))
    paper = rig.spreadsheet()
    shown = [one for one in rig.preset("sla_watch_list", Role.WAREHOUSE).columns if one.key in {"order_id", "tracking"}]
    rig.bind(paper, rig.preset("sla_watch_list", Role.WAREHOUSE, columns=tuple(shown), sort=()), audience=made.text)
    rig.place(1)
    rig.settle()
    rig.clock.advance(20)
    rig.place(2)
    before = paper.grid()
    wire.before(1, lambda: own_roles.change(rig.services, rig.owner, made.role_id, narrow))
    rig.run_pass(paper)
    rig.settle()
    assert wire.is_done
    assert paper.grid() == before
    assert rig.only_binding(paper).reason == "rights"


def test_a_press_of_refresh_now_is_stopped_as_a_job_is(rig, wire):
    """It writes with the caller's own token, under the same rules."""
    ending, paper, held = streaming(rig, "revoked")
    rig.place(1)
    rig.settle()
    rig.clock.advance(20)
    rig.place(2)
    before = paper.grid()
    wire.before(1, lambda: ending.happen(rig, held))
    stream.refresh_now(rig.services, rig.owner, rig.identity(), paper.spreadsheet_id)
    assert wire.is_done
    assert paper.grid() == before
