"""The process dies after any commit and any write of an audit or a repair, and another one goes on: nothing is lost."""

import contextlib
from dataclasses import replace

import pytest
from flows.comparing import look, told
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore

from service.flows import audits, repairs
from service.flows.memory import Memory
from service.store import audits as audit_store
from service.store.reports import Kind

MINUTE = 60


def mortal(rig, moment):
    """The parts of a process that dies at this moment, and its fate."""
    fate = Fate(moment)
    parts = replace(
        rig.services,
        store=MortalStore(rig.services.store, fate),
        google=MortalGoogle(rig.services.google, fate),
        memory=Memory(),
    )
    return parts, fate


@pytest.fixture
def listed(rig, paper):
    rig.place(8)
    rig.settle()
    rig.live_through(30)
    return paper


def until_it_survives(round_):
    """Rounds in which the process dies at moment 1, 2, 3 … until it lives to the end; how many moments there are."""
    for moment in range(1, 60):
        if not round_(moment):
            return moment - 1
    pytest.fail("it never comes to its end")


def test_an_audit_that_dies_leaves_a_tab_that_comes_right(rig, listed):
    """A cell typed over, a row deleted, a row copied: found and told once, whenever the process dies."""
    deleted = set()

    def round_(moment):
        rig.live_through(30)
        listed.type("C3", f"typed over {moment}")
        parts, fate = mortal(rig, moment)
        rig.write(audit_store.hasten, [rig.only_binding(listed).id], rig.clock.now())
        with contextlib.suppress(KilledError):
            audits.run(parts, listed.spreadsheet_id)
        rig.clock.advance(31)  # the dead process's lease
        look(rig, listed)
        listed.assert_right()
        assert {subject for _, subject in told(rig, listed)} == deleted
        return fate.is_dead

    deleted.add(listed.rows()[4]["Key"])
    listed.hand("delete", "ROWS", 5)
    assert until_it_survives(round_) > 3


def test_a_repair_of_a_key_that_dies_may_be_pressed_again(rig, listed):
    def round_(moment):
        rig.live_through(30)
        key = listed.rows()[3]["Key"]
        listed.hand("clear", f"{'ABCDEFGHIJKLMNOPQR'[listed.column('Key')]}5")
        look(rig, listed)
        parts, fate = mortal(rig, moment)
        with contextlib.suppress(KilledError):
            report_id = told(rig, listed)[Kind.KEY_DAMAGED, key]
            repairs.repair_key(parts, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
        rig.live_through(6 * MINUTE, step_s=30)
        for report_id in told(rig, listed).values():
            repairs.repair_key(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
        rig.live_through(30)
        assert listed.keys().count(key) == 1, moment
        assert told(rig, listed) == {}, moment
        listed.assert_right()
        return fate.is_dead

    assert until_it_survives(round_) > 6


def test_a_removal_of_a_copy_that_dies_may_be_pressed_again(rig, listed):
    def round_(moment):
        rig.live_through(30)
        raw = [str(value) for value in listed.grid()[2]]
        key = raw[listed.column("Key")]
        listed.hand("paste", f"A{len(listed.grid()) + 1}", [raw])
        look(rig, listed)
        parts, fate = mortal(rig, moment)
        with contextlib.suppress(KilledError):
            report_id = told(rig, listed)[Kind.ROW_COPIED, key]
            repairs.remove_copy(parts, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
        rig.live_through(6 * MINUTE, step_s=30)
        for report_id in told(rig, listed).values():
            repairs.remove_copy(rig.services, rig.owner, rig.identity(), listed.spreadsheet_id, report_id)
        rig.live_through(30)
        assert listed.keys().count(key) == 1, moment
        assert told(rig, listed) == {}, moment
        listed.assert_right()
        return fate.is_dead

    assert until_it_survives(round_) > 6
