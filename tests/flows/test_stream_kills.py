"""The process dies after any commit and after any write to Google, and another one goes on: each order once, all right.

A dead process does nothing more: no clean-up, no release of its lease. States differ only after something durable, so
these are the moments at which it dies.
"""

import contextlib
from dataclasses import dataclass, replace

import pytest

from service.flows import stream


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Counts what lasts; at the chosen moment, and ever after, nothing works any more."""

    dies_at: int
    moments: int = 0
    is_dead: bool = False

    def lasting(self) -> None:
        self.moments += 1
        if self.moments == self.dies_at:
            self.is_dead = True
        self.check()

    def check(self) -> None:
        if self.is_dead:
            raise KilledError


class MortalStore:
    """The store of a process that may die."""

    def __init__(self, store, fate: Fate) -> None:
        self._store, self._fate = store, fate
        self.sealer = store.sealer

    @contextlib.contextmanager
    def write(self):
        self._fate.check()
        with self._store.write() as tx:
            yield tx
        self._fate.lasting()

    @contextlib.contextmanager
    def read(self):
        self._fate.check()
        with self._store.read() as tx:
            yield tx


class MortalGoogle:
    """Google as a process sees it that may die before an answer reaches it."""

    def __init__(self, google, fate: Fate) -> None:
        self._google, self._fate = google, fate
        self.drive = google.drive

    def get(self, *arguments, **more):
        self._fate.check()
        return self._google.get(*arguments, **more)

    def get_by_filter(self, *arguments, **more):
        self._fate.check()
        return self._google.get_by_filter(*arguments, **more)

    def batch_update(self, *arguments, **more):
        self._fate.check()
        answer = self._google.batch_update(*arguments, **more)
        self._fate.lasting()
        return answer


def run_and_die(rig, paper, *, moment):
    """One pass by a process that dies at this moment. Whether it did."""
    fate = Fate(moment)
    mortal = replace(
        rig.services, store=MortalStore(rig.services.store, fate), google=MortalGoogle(rig.services.google, fate)
    )
    with contextlib.suppress(KilledError):
        stream.run_pass(mortal, paper.spreadsheet_id)
    return fate.is_dead


def until_it_survives(round_):
    """Rounds in which the process dies at moment 1, 2, 3 … until it lives to the end; how many moments there are."""
    for moment in range(1, 100):
        if not round_(moment):
            return moment - 1
    pytest.fail("it never comes to its end")


def test_a_process_that_dies_while_it_sets_up_and_fills_a_sheet_leaves_nothing_wrong(rig):
    """Bind, set-up and first fill, cut off at every moment: one tab, one header, each order once."""
    rig.place(4)

    def round_(moment):
        paper = rig.spreadsheet()
        rig.bind(paper)
        died = run_and_die(rig, paper, moment=moment)
        rig.live_through(300, step_s=50)
        titles = [one["properties"]["title"] for one in paper.look("sheets.properties.title")["sheets"]]
        assert titles == ["Sheet1", "SLA Watch List"], moment
        paper.assert_right()
        assert len(paper.rows()) == len(rig.all_rows(paper)) > 0, moment
        assert rig.dirty(paper) == [], moment
        rig.unbind(paper)
        return died

    assert until_it_survives(round_) > 8


def test_a_process_that_dies_while_it_updates_and_inserts_leaves_nothing_wrong(rig, paper):
    """One sheet through all the deaths: new orders and changed ones, every owned cell right, none twice."""
    rig.place(6)
    rig.settle()

    def round_(moment):
        rig.clock.advance(60)
        waiting = [row["Order ID"] for row in paper.rows() if row["Status"] == "AWAITING_SHIPMENT"]
        for order_id in dict.fromkeys(waiting[:2]):
            rig.ship(order_id)
        rig.place(2)
        died = run_and_die(rig, paper, moment=moment)
        rig.live_through(300, step_s=50)
        paper.assert_right()
        assert len(paper.rows()) == len(rig.all_rows(paper)), moment
        assert rig.dirty(paper) == [], moment
        return died

    assert until_it_survives(round_) > 5


def test_a_dead_process_s_lease_is_taken_over_when_its_time_is_up(rig, paper):
    """Nobody released it; half a minute later another pass has the sheet."""
    rig.place(2)
    assert run_and_die(rig, paper, moment=3)
    assert rig.file(paper).lease_holder is not None
    rig.clock.advance(29)
    assert rig.run_pass(paper) == stream.BUSY_S
    rig.clock.advance(2)
    rig.run_pass(paper)
    rig.live_through(200)
    paper.assert_right()
