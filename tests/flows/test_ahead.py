"""What is made ready while Google works: taken when nothing changed, made anew when anything did."""

from dataclasses import replace

import pytest
from flows.mishaps import interpose

from service.core.roles import Role, Switch
from service.flows import ahead, due_rows, quota, share, sources
from service.store import people, sheets


@pytest.fixture
def begun(rig):
    """A tab whose backfill has begun in writes of a few rows; the next few are ready."""
    rig.services = replace(rig.services, settings=replace(rig.services.settings, write_bytes=12_000))
    rig.place(30)
    paper = rig.spreadsheet()
    profile = rig.preset("sla_watch_list", Role.WAREHOUSE)
    rig.bind(paper, replace(profile, row_filter=replace(profile.row_filter, statuses=(), due_within_h=None)))
    rig.run_pass(paper)
    assert 0 < len(paper.rows()) < 30
    return paper


def collected(rig, paper):
    """(rows that are ready, rows of the next write) as the next pass would see them."""
    with rig.services.store.read() as tx:
        file = rig.file(paper)
        live = [sources.open_binding(rig.services, row) for row in sheets.bindings_in(tx, paper.spreadsheet_id)]
        audience = share.audience_of(people.account(tx, file.account_id), file)
        ready = ahead.recall(rig.services, tx, file, live, audience=audience)
        work = due_rows.collect(rig.services, tx, file, live, audience=audience, ready=ready)
    return ready, [row for one in work for row in one.due]


def test_the_next_write_takes_what_was_made_ready(begun, rig):
    ready, due = collected(rig, begun)
    assert ready
    assert {id(row) for row in ready.values()} <= {id(row) for row in due}


def test_a_pass_without_room_in_the_quota_leaves_what_is_ready_to_the_next(begun, rig):
    writer = rig.services.writers.by_email(rig.file(begun).writer_email)
    rig.clock.advance(600)
    quota.take(rig.services, writer, write=quota.IDENTITY_BURST - quota.LEFT_BY_LIVE)
    assert rig.run_pass(begun) > 0
    ready, _ = collected(rig, begun)
    assert ready


def test_what_is_ready_was_never_sent(begun, rig):
    """The rows that were on their way when it was made are not among them."""
    ready, _ = collected(rig, begun)
    standing = {row["Key"] for row in begun.rows()}
    assert not standing & {row_key for _, row_key in ready}


def test_a_row_whose_order_changed_since_is_made_anew(begun, rig):
    changed = next(row for row in rig.dirty(begun) if row.is_fill)
    rig.edit(changed.order_id, seller_note="changed", status="IN_TRANSIT")
    ready, due = collected(rig, begun)
    (fresh,) = [row for row in due if row.row.row_key == changed.row_key]
    before = ready[changed.binding_id, changed.row_key]
    assert fresh is not before
    assert (before.cells["status"].value, fresh.cells["status"].value) == ("AWAITING_SHIPMENT", "IN_TRANSIT")
    rig.settle()
    begun.assert_right()


def test_an_order_that_changes_while_the_next_rows_are_made_ready_is_right_in_the_end(begun, rig):
    waiting = [row.order_id for row in rig.dirty(begun)]
    google = interpose(rig)
    google.before["batch_update"] = [lambda: rig.edit(waiting[-1], status="IN_TRANSIT")] * 3
    rig.settle()
    begun.assert_right()


@pytest.mark.parametrize(
    "change",
    [
        lambda rig, paper: rig.switch(Switch.WAREHOUSE_PII),
        lambda rig, paper: rig.write(sheets.update_file, paper.spreadsheet_id, time_zone="Asia/Tokyo"),
        lambda rig, paper: rig.write(sheets.update_binding, rig.only_binding(paper).id, profile=narrower(rig, paper)),
    ],
    ids=["readers", "zone", "profile"],
)
def test_nothing_is_taken_once_what_rows_are_made_from_has_changed(begun, rig, change):
    change(rig, begun)
    ready, due = collected(rig, begun)
    assert ready == {}
    assert due


def narrower(rig, paper):
    """The tab's profile without its last column."""
    profile = rig.only_binding(paper).profile
    return {**profile, "columns": profile["columns"][:-1]}


def test_a_live_change_goes_before_what_is_ready(begun, rig):
    (fresh,) = rig.place(1)
    _, due = collected(rig, begun)
    assert due[0].row.order_id == fresh
    rig.settle()
    begun.assert_right()
