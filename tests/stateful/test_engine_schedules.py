"""Five schedules with the whole product as it runs in production: nobody lends a hand, and every file comes to rest."""

import pytest
from outsider import wait_for
from stateful.deeds import Deed
from stateful.engine import EnginePlay, raise_engine
from stateful.play import Figures
from stateful.schedules import Round, Schedule, Trade, Weather

from service.flows import upkeep

#: What becomes due while nobody does anything: an unanswered write, the audit of an edited tab, of one in doubt.
SKIPS_S = (200, 1000, 3700)
A_WHILE_S = 20.0  # jobs are given so long before the next round or skip; people do not wait for them
WITHIN_S = 120.0

PLACE = Round((Trade("place", 2),))
SORTED = Schedule(
    "one tab",
    (
        PLACE,
        Round((Trade("ship", 0, 1),), (Deed("type a note", 1), Deed("sort", 1))),
        Round(
            (Trade("cancel", 1, 2),), (Deed("type a note", 2, 1), Deed("sort part", 0, 1, 2), Deed("insert rows", 2))
        ),
    ),
)
REBUILT = Schedule(
    "one tab",
    (
        PLACE,
        Round(
            (Trade("retrack", 1, 1),), (Deed("insert columns", 3), Deed("type a note", 0, 0), Deed("move column", 0, 9))
        ),
        Round((Trade("deliver", 0),), (Deed("delete column", 4), Deed("rename header", 2), Deed("rename tab"))),
    ),
)
COPIED = Schedule(
    "two tabs",
    (
        PLACE,
        Round((Trade("note", 0, 3),), (Deed("copy row", 0, 2), Deed("own row", 1, 0, 2), Deed("type over", 1, 2))),
        Round((Trade("vanish", 1, 1),), (Deed("delete rows", 2), Deed("total", 0, 1), Deed("copy row", 1, 0, 0, 1))),
    ),
)
TYPED_OVER = Schedule(
    "one tab",
    (
        PLACE,
        Round(
            (Trade("ship", 2, 4),), (Deed("type over", 0, 3), Deed("clear", 1, 1, 1), Deed("type a formula", 1, 0, 1))
        ),
        Round((Trade("place", 0, 5),), (Deed("filter", 1, 1), Deed("cut grid", 1), Deed("type over", 2, 1))),
    ),
)
FAILING = Schedule(
    "two tabs",
    (
        PLACE,
        Round((Trade("ship", 1, 2),), (Deed("type a note", 0, 1),), weather=Weather("fault", "dropped_after")),
        Round((Trade("place", 1, 3),), (Deed("move row", 0, 3),), weather=Weather("fault", "unavailable_after")),
        Round((Trade("cancel", 0, 1),), (Deed("sort", 2, 1),), weather=Weather("fault", "bad_gateway")),
    ),
)
SCHEDULES = (SORTED, REBUILT, COPIED, TYPED_OVER, FAILING)


@pytest.fixture
def engine(tmp_path, world_keys, spreadsheets, database_url):
    folder = tmp_path / "world"
    folder.mkdir()
    wanted = [one.layout for one in SCHEDULES]
    with raise_engine(
        folder, database_url=database_url, keys=world_keys, spreadsheets=spreadsheets, wanted=wanted
    ) as ground:
        yield ground


def is_quiet(services):
    """Whether nothing waits: no dirty row that is due, no unanswered write, no audit."""
    return not upkeep.stale_sheets(services) and not upkeep.due_audits(services)


def wrong(plays):
    """The stories of those files in which something is wrong now. Judged while no write of ours is under way there."""
    found = ""
    for play in plays:
        with play.ledger.book.lock:
            found += play.told(against) if (against := play.wrong()) else ""
    return found


@pytest.mark.timeout(600)
def test_five_schedules_beside_running_jobs_come_to_rest_right(engine):
    """People work in five files while the jobs write them; what is due in an hour is made due now; then all holds."""
    plays = [EnginePlay(engine, one, Figures()) for one in SCHEDULES]
    for number in range(max(len(one.rounds) for one in SCHEDULES)):
        for play in plays:
            for one in play.schedule.rounds[number : number + 1]:
                play.play(one)
        wait_for(lambda: is_quiet(engine.services), within_s=A_WHILE_S)
    for skip_s in SKIPS_S:
        engine.clock.skip(skip_s)
        wait_for(lambda: is_quiet(engine.services), within_s=A_WHILE_S)
    last = []
    wait_for(lambda: not last.append(wrong(plays)) and not last[-1], within_s=WITHIN_S)
    assert not last[-1], last[-1]
