"""Rows of orders that were finished long ago move to an archive tab: each order in one of the two, kept up to date."""

from dataclasses import replace

import pytest
from flows.aging import ARCHIVE, KEY, TAB, age, aged, bind_all

from service.core.roles import Role, Switch
from service.errors import Conflict, NotFound
from service.flows import adoption, archive_care, care, design, filling, rolling, whereabouts
from service.flows.whereabouts import Reason
from service.store import archives, roll_offs, sheets


def place_of(scene, order_id, *, tab=TAB):
    return next(at for at, row in enumerate(scene.paper.grid(tab=tab)) if row and row[0] == order_id)


def test_rows_of_long_finished_orders_move_to_the_archive(rig):
    paper = bind_all(rig)
    old = rig.place(5)
    rig.settle()
    age(rig, 100)
    new = rig.place(3)
    rig.settle()
    before = {key: row for key, row in paper.by_key(KEY).items() if key in old}
    rig.live_through(600, step_s=20)
    assert set(paper.by_key(KEY)) == set(new)
    assert paper.by_key(KEY, tab=ARCHIVE) == before
    (line,) = [line for line in rig.history(paper) if line.kind == rolling.KIND]
    assert (line.removed, line.reads, line.writes, line.outcome) == (5, 2, 2, "ok")


def test_open_and_lately_finished_orders_stay(rig):
    """The window counts from when nothing happened to an order any more, in market time."""
    paper = bind_all(rig)
    ids = rig.place(3)
    rig.settle()
    age(rig, 40)
    rig.live_through(400, step_s=20)
    assert set(paper.by_key(KEY)) == set(ids)
    assert [row.archive_of for row in rig.read(sheets.bindings_in, paper.spreadsheet_id)] == [None]


def test_rows_with_something_of_a_persons_stay_for_good(rig):
    """A value beside the row, a note on one of its cells: found once, and not asked for again."""
    scene = aged(rig, old=4, new=1)
    scene.paper.type(f"Q{place_of(scene, scene.old[0]) + 1}", "mine")
    scene.paper.hand("note", f"C{place_of(scene, scene.old[1]) + 1}", "ask them")
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert set(scene.archived()) == set(scene.old[2:])
    assert "people wrote something there" in "; ".join(line.reason for line in rig.history(scene.paper))
    rig.calls()
    rig.live_through(900, step_s=60)
    assert [line for line in rig.history(scene.paper) if line.kind == rolling.KIND and line.removed == 0] == [
        line for line in rig.history(scene.paper) if "people wrote" in line.reason
    ]


def test_a_row_that_a_person_copied_stays(rig):
    scene = aged(rig, old=3, new=1)
    scene.paper.hand("duplicate_row", place_of(scene, scene.old[0]))
    rig.live_through(1000, step_s=20)
    assert set(scene.archived()) == set(scene.old[1:])
    assert scene.live().count(scene.old[0]) == 2


def test_a_row_that_a_person_copied_a_moment_ago_stays(rig):
    """No audit has seen the copy yet: left behind alone it would never be written again."""
    scene = aged(rig, old=3, new=1)
    scene.paper.hand("duplicate_row", place_of(scene, scene.old[0]))
    scene.run()
    scene.come_to_rest()
    assert set(scene.archived()) == set(scene.old[1:])
    assert scene.live().count(scene.old[0]) == 2


def test_an_archived_order_that_changes_is_updated_in_its_place(rig):
    """It has happened to it lately, and yet it does not come back: its place is the archive now."""
    scene = aged(rig, old=3, new=1)
    scene.come_to_rest()
    changed, before = scene.old[1], place_of(scene, scene.old[1], tab=ARCHIVE)
    rig.edit(changed, payment_method_name="By pigeon")
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert place_of(scene, changed, tab=ARCHIVE) == before
    assert "By pigeon" in scene.paper.by_key(KEY, tab=ARCHIVE)[changed].values()


def test_old_finished_orders_go_straight_to_the_archive(rig):
    """A tab that is bound later gets what is new, its archive what is old, each by its own backfill."""
    old = rig.place(4)
    age(rig, 100)
    new = rig.place(2)
    paper = bind_all(rig)
    rig.live_through(200, step_s=20)
    assert set(paper.by_key(KEY)) == set(new)
    assert set(paper.by_key(KEY, tab=ARCHIVE)) == set(old)
    assert [line for line in rig.history(paper) if line.kind == rolling.KIND] == []
    live = next(row for row in rig.read(sheets.bindings_in, paper.spreadsheet_id) if row.archive_of is None)
    assert (live.row_total, live.row_done) == (2, 2)


def test_no_archive_is_made_for_orders_that_the_profile_leaves_out(rig):
    """The watch list shows open orders only: nothing of the past belongs to it."""
    rig.place(3)
    age(rig, 100)
    paper = rig.spreadsheet()
    rig.bind(paper, window_days=60)
    rig.live_through(300, step_s=20)
    assert [row.archive_of for row in rig.read(sheets.bindings_in, paper.spreadsheet_id)] == [None]


def test_a_window_is_set_and_taken_back(rig):
    """From always to 30 days the old rows go; back to always they stay where they are, and nothing is written twice."""
    scene = aged(rig, old=3, new=1)
    scene.come_to_rest()
    paper, binding = scene.paper, scene.binding()
    archive_care.keep_finished(rig.services, rig.owner, paper.spreadsheet_id, binding.id, days=None)
    scene.new += rig.place(2)
    rig.settle()
    age(rig, 200)
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert sorted(scene.archived()) == sorted(scene.old)
    with pytest.raises(NotFound):
        archive_care.keep_finished(rig.services, rig.owner, paper.spreadsheet_id, scene.archive().id, days=30)


def test_many_rows_go_in_chunks(rig):
    """Seven old rows, two to a step: each step takes its two, and the tab is right after every one."""
    scene = aged(rig, old=7, new=2)
    for _ in range(40):
        rig.clock.advance(30)
        rig.write(roll_offs.look_again, [scene.binding().id], rig.clock.now())
        rolling.run(rig.services, scene.paper.spreadsheet_id, rows_per_step=2)
        rig.settle(patience_s=5)
        standing = [*scene.live(), *scene.archived()]
        assert set(standing) == {*scene.old, *scene.new}
        assert len(standing) <= 9 + 2
    scene.assert_nothing_is_lost()
    assert sorted(scene.archived()) == sorted(scene.old)


def test_rows_under_masked_keys_move_too(rig):
    """A client's sheet has keys that name no order: the archive knows its rows by the same keys."""
    paper = rig.spreadsheet()
    rig.switch(Switch.CLIENT_ID)
    profile = rig.preset("agency_client", Role.CLIENT)
    shown = tuple(column for column in profile.columns if column.key in {"created_at", "status", "delivered_at"})
    profile = replace(profile, columns=shown)
    rig.bind(paper, profile, audience=Role.CLIENT, window_days=60, title=TAB)
    paper.tab = TAB
    rig.settle()
    rig.place(3)
    rig.settle()
    before = set(paper.keys())
    age(rig, 100)
    rig.live_through(600, step_s=20)
    assert {row["Key"] for row in paper.rows(tab=ARCHIVE)} == before
    assert paper.rows() == []


def test_filters_hidden_rows_and_formulas_of_people_survive(rig):
    """A sum over a column goes on, and a formula that points at a row that stays follows it."""
    scene = aged(rig, old=4, new=3)
    paper = scene.paper
    at = place_of(scene, scene.new[1]) + 1
    paper.change({"addSheet": {"properties": {"title": "Mine"}}})
    paper.type("A1", f"={TAB}!A{at}", tab="Mine")
    paper.type("A2", f"=COUNTA({TAB}!A:A)", tab="Mine")
    paper.hand("filter", "C", ["COMPLETED"])
    paper.hand("hide", "ROWS", place_of(scene, scene.new[2]))
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert paper.grid(tab="Mine")[0] == [scene.new[1]]
    assert paper.grid(tab="Mine")[1] == [len(scene.new) + 1]
    fields = "sheets(basicFilter.criteria,data(rowMetadata.hiddenByUser,rowData.values.formattedValue))"
    found = paper.look(fields, ranges=TAB)["sheets"][0]
    assert "basicFilter" in found
    hidden = [at for at, row in enumerate(found["data"][0]["rowMetadata"]) if row.get("hiddenByUser")]
    assert hidden == [place_of(scene, scene.new[2])]


def test_it_is_told_that_an_order_is_in_the_archive(rig):
    scene = aged(rig, old=2, new=1)
    scene.come_to_rest()
    found = whereabouts.explain(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.old[0])
    said = {place.tab.row.tab_title: place.reason for place in found.places}
    assert said == {TAB: Reason.ARCHIVED, ARCHIVE: Reason.SHOWN}
    found = whereabouts.explain(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.new[0])
    assert {place.tab.row.tab_title: place.reason for place in found.places} == {TAB: Reason.SHOWN}


def test_the_archive_stops_with_its_tab(rig):
    scene = aged(rig, old=2, new=1)
    scene.come_to_rest()
    care.stop(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.binding().id)
    assert rig.read(sheets.bindings_in, scene.paper.spreadsheet_id) == []


def test_a_tab_whose_archive_is_stopped_keeps_finished_orders(rig):
    scene = aged(rig, old=2, new=1)
    scene.come_to_rest()
    care.stop(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.archive().id)
    assert scene.binding().window_days is None
    assert rig.read(archives.archive_of, scene.binding().id) is None


def test_nothing_is_stopped_while_rows_are_on_their_way(rig):
    """Rows that stand in the staging tab alone would be forgotten there."""
    scene = aged(rig, old=2, new=1)
    scene.copy()
    rig.fail("unavailable_after")
    scene.run()
    with pytest.raises(Conflict):
        care.stop(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.binding().id)
    scene.come_to_rest()
    care.stop(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.binding().id)


def test_older_orders_are_fetched_for_both_tabs(rig):
    """A tab that began thirty days back reaches further: finished orders of then are in its archive."""
    old = rig.place(2)
    age(rig, 100)
    new = rig.place(2)
    paper = rig.spreadsheet()
    profile = rig.preset("sales_by_order", Role.OWNER)
    rig.bind(paper, profile, audience=Role.OWNER, window_days=60, title=TAB, days_back=30)
    paper.tab = TAB
    rig.settle()
    assert set(paper.by_key(KEY)) == set(new)
    live = rig.only_binding(paper)
    assert archive_care.fetch_older(rig.services, rig.owner, paper.spreadsheet_id, live.id, days=None)
    rig.live_through(200, step_s=20)
    assert set(paper.by_key(KEY, tab=ARCHIVE)) == set(old)
    assert not filling.is_open(rig.read(archives.archive_of, live.id))


def test_foreign_rows_are_untouched_by_another_accounts_wish(rig):
    scene = aged(rig, old=1, new=1)
    foreign = replace(rig.owner, account_id="another")
    with pytest.raises(NotFound):
        archive_care.keep_finished(rig.services, foreign, scene.paper.spreadsheet_id, scene.binding().id, days=30)


def test_the_archive_follows_a_changed_profile(rig):
    """New columns come into both tabs with one press, and rows go on moving afterwards."""
    profile_id = design.clone(rig.services, rig.owner, "preset:sales_by_order", name="Books", role=Role.OWNER)
    paper = rig.spreadsheet()
    chosen = design.profile_for(rig.services, rig.owner, profile_id, Role.OWNER).profile
    binding = rig.bind(paper, chosen, audience=Role.OWNER, window_days=60, title=TAB)
    paper.tab = TAB
    old = rig.place(2)
    rig.settle()
    age(rig, 100)
    rig.live_through(400, step_s=20)
    design.add_columns(rig.services, rig.owner, profile_id, ["shop_name"])
    found = adoption.waiting(rig.services, rig.owner, paper.spreadsheet_id, binding.id)
    archive = rig.read(archives.archive_of, binding.id)
    assert adoption.waiting(rig.services, rig.owner, paper.spreadsheet_id, archive.id) is None
    at = (rig.services, rig.owner, rig.identity(), paper.spreadsheet_id, binding.id)
    adoption.adopt(*at, version=found.version)
    more = rig.place(2)
    rig.settle()
    age(rig, 100)
    rig.live_through(900, step_s=20)
    shown = paper.by_key(KEY, tab=ARCHIVE)
    assert set(shown) == {*old, *more}
    assert all(row["Shop"] for row in shown.values())


def test_what_people_typed_over_an_old_row_is_named_before_it_is_replaced(rig):
    """The row goes to the archive as the order is; the history says where a person's text stood."""
    scene = aged(rig)
    at = next(number for number, row in enumerate(scene.paper.rows(), start=2) if row.get(KEY) == scene.old[0])
    scene.paper.type(f"B{at}", "typed over")
    scene.run()
    scene.come_to_rest()
    named = rig.named(scene.paper)
    assert named == [f"{scene.paper.tab}!B{at}"]
    assert "typed over" not in scene.texts()
