"""The process dies after any commit and any write while a tab takes over a changed profile, and another one goes on."""

import contextlib
from dataclasses import replace

import pytest
from flows.adopting import standing
from flows.mishaps import Fate, KilledError, MortalGoogle, MortalStore

from service.flows import stream
from service.flows.memory import Memory

MINUTE = 60
NOTE = "My note"


def until_it_survives(round_):
    """Rounds in which the process dies at moment 1, 2, 3 … until it lives to the end; how many moments there are."""
    for moment in range(1, 60):
        if not round_(moment):
            return moment - 1
    pytest.fail("it never comes to its end")


@pytest.fixture
def own(rig):
    return standing(rig, NOTE, count=3)


def test_a_press_and_its_passes_that_die_are_gone_on_with(rig, own):
    """A column goes while another comes, back and forth: each once, in the end, and every remark beside its row."""
    before = own.notes()
    places = [("status", "Status"), ("shop_name", "Shop")]
    own.take_out("status")
    own.add("shop_name")
    own.adopt()
    rig.live_through(MINUTE)

    def round_(moment):
        (gone, gone_header), (come, come_header) = places[moment % 2], places[(moment + 1) % 2]
        if gone_header in own.paper.grid()[0]:
            gone, come, gone_header, come_header = come, gone, come_header, gone_header
        own.take_out(come)
        own.add(gone)
        fate = Fate(moment)
        parts = replace(
            rig.services,
            store=MortalStore(rig.services.store, fate),
            google=MortalGoogle(rig.services.google, fate),
            memory=Memory(),
        )
        with contextlib.suppress(KilledError):
            own.adopt(services=parts)
            for _ in range(4):
                rig.clock.advance(10)
                stream.run_pass(parts, own.paper.spreadsheet_id)
        rig.clock.advance(31)  # the dead process's lease
        if own.waiting() is not None:
            own.adopt()
        rig.live_through(5 * MINUTE, step_s=30)
        header = own.paper.grid()[0]
        assert (header.count(gone_header), header.count(come_header)) == (1, 0), moment
        assert own.notes() == before, moment
        assert own.is_calm(), moment
        own.assert_right()
        return fate.is_dead

    assert until_it_survives(round_) > 8
