"""People work in a tab while its old rows move to the archive: no row, no cell and no order of theirs is lost.

Between the read that proves the rows and the write that takes them out lies a window that Sheets does not let us close.
"""

import pytest
from flows.aging import ARCHIVE, KEY, aged
from flows.mishaps import interpose

from service.flows import archive_care
from service.store import audits


@pytest.fixture
def scene(rig):
    found = aged(rig)
    found.copy()
    return found


def place_of(scene, order_id):
    """The grid row at which the order stands; any other while it stands in no row."""
    return next((at for at, row in enumerate(scene.paper.grid()) if row and row[0] == order_id), 5)


#: What a person does in the window.
HANDS = {
    "nothing": lambda scene: None,
    "sort upwards": lambda scene: scene.paper.hand("sort", "A"),
    "sort downwards": lambda scene: scene.paper.hand("sort", "A", order="DESCENDING"),
    "insert a row at the top": lambda scene: scene.paper.hand("insert", "ROWS", 1),
    "insert rows in the middle": lambda scene: scene.paper.hand("insert", "ROWS", 4, count=3),
    "insert a column": lambda scene: scene.paper.hand("insert", "COLUMNS", 1),
    "insert a column and type into it": lambda scene: (
        scene.paper.hand("insert", "COLUMNS", 1),
        own(scene, f"B{place_of(scene, scene.old[0]) + 1}", "in a new column"),
    ),
    "type beside an old row": lambda scene: own(scene, f"Q{place_of(scene, scene.old[1]) + 1}", "just typed"),
    "type beside a new row": lambda scene: own(scene, f"Q{place_of(scene, scene.new[1]) + 1}", "just typed"),
    "a note on an old row": lambda scene: scene.paper.hand(
        "note", f"C{place_of(scene, scene.old[2]) + 1}", "look here"
    ),
    "move a new row up": lambda scene: scene.paper.hand("move", "ROWS", place_of(scene, scene.new[0]), to=1),
    "a new row of one's own at the top": lambda scene: (
        scene.paper.hand("insert", "ROWS", 1),
        own(scene, "A2", "another row of my own"),
    ),
    "write below": lambda scene: own(scene, "B20", "a total"),
    "filter": lambda scene: scene.paper.hand("filter", "C", ["COMPLETED"]),
    "hide rows": lambda scene: scene.paper.hand("hide", "ROWS", 2, count=2),
    "rename the tab": lambda scene: scene.paper.hand("rename_tab", "Sales") or setattr(scene.paper, "tab", "Sales"),
}


def own(scene, cell, text):
    scene.paper.type(cell, text)
    scene.own[text] += 1


@pytest.mark.parametrize("deed", HANDS)
def test_hands_between_read_and_write_lose_nothing(rig, scene, deed):
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: HANDS[deed](scene)]
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert scene.own <= scene.texts()


AFTER_A_RACE = (
    "sort upwards", "insert a column", "insert rows in the middle", "type beside a new row", "rename the tab",
    "move a new row up",
)  # fmt: skip


@pytest.mark.parametrize("deed", AFTER_A_RACE)
@pytest.mark.parametrize("call", [2, 3])
def test_hands_after_a_race_lose_nothing(rig, scene, deed, call):
    """Somebody sorts before the rows are cut out, and somebody works on before they go back or the staging tab goes."""
    google = interpose(rig)
    deeds = [lambda: scene.paper.hand("sort", "A", order="DESCENDING"), lambda: None, lambda: None]
    deeds[call - 1] = lambda: HANDS[deed](scene)
    google.before["batch_update"] = deeds
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost()


def test_a_deleted_order_of_theirs_stays_deleted(rig, scene):
    """In the window somebody deletes a new row and an old one: neither comes back by the roll-off."""
    google = interpose(rig)
    gone_new, gone_old = scene.new[0], scene.old[0]

    def delete():
        for order_id in (gone_new, gone_old):
            scene.paper.hand("delete", "ROWS", place_of(scene, order_id))
        del scene.own[f"about {gone_new}"]

    google.after["get_by_filter"] = [delete]
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost(deleted=(gone_new,))
    assert gone_new not in scene.live()


def test_a_text_in_an_old_row_is_replaced_where_the_history_names_it(rig, scene):
    """No row leaves the tab before it is: those above it would take its place along."""
    at = max(place_of(scene, order_id) for order_id in scene.old)
    scene.paper.type(f"C{at + 1}", "typed over")
    scene.run()
    assert rig.named(scene.paper) == [f"{scene.paper.tab}!C{at + 1}"]
    assert scene.paper.grid()[at][2] == "typed over", "it is replaced by the next flush"
    scene.come_to_rest()
    scene.run()
    scene.come_to_rest()
    assert sorted(scene.archived()) == sorted(scene.old)
    scene.assert_nothing_is_lost()


def test_a_row_copied_before_the_keys_are_read_stays(rig, scene):
    """Somebody duplicates an old row after it was looked at: both stay in the tab, and the archive does without."""
    google = interpose(rig)
    copied = scene.old[1]
    google.after["get_by_filter"] = [lambda: scene.paper.hand("duplicate_row", place_of(scene, copied))]
    scene.run()
    scene.come_to_rest()
    rig.live_through(1000, step_s=20)
    assert scene.live().count(copied) == 2
    assert copied not in scene.archived()
    assert not scene.own - scene.texts()


def test_a_row_copied_in_the_last_moment_is_not_lost(rig, scene):
    """After the keys were read: the row has moved, and the copy is theirs."""
    google = interpose(rig)
    copied = scene.old[1]
    google.before["batch_update"] = [lambda: scene.paper.hand("duplicate_row", place_of(scene, copied))]
    scene.run()
    scene.come_to_rest()
    assert copied in [*scene.live(), *scene.archived()]
    assert not scene.own - scene.texts()
    assert set(scene.old) <= {*scene.live(), *scene.archived()}


def test_a_row_copied_in_the_last_moment_is_kept_right_in_both_tabs(rig, scene):
    """The copy is theirs and stays where they made it; what becomes of the order is seen there, too."""
    google = interpose(rig)
    copied = scene.old[1]
    google.before["batch_update"] = [lambda: scene.paper.hand("duplicate_row", place_of(scene, copied))]
    scene.run()
    rig.live_through(2 * 3600, step_s=60)
    rig.edit(copied, status="CANCELLED")
    rig.live_through(120, step_s=20)
    assert (scene.live().count(copied), scene.archived().count(copied)) == (1, 1)
    standing = [*scene.paper.rows(), *scene.paper.rows(tab=ARCHIVE)]
    assert {row["Status"] for row in standing if row[KEY] == copied} == {"CANCELLED"}
    scene.run()
    scene.come_to_rest()
    scene.assert_nothing_is_lost(doubled=(copied,))


@pytest.mark.parametrize("call", [1, 2])
def test_a_row_copied_in_the_archive_that_stays_in_the_tab_stands_there_once_more(rig, scene, call):
    """She remarks on a row that is about to leave, and copies the one that was written into the archive: ours goes
    there again, and her copy is kept right.
    """
    google, copied = interpose(rig), scene.old[1]
    own(scene, f"Q{place_of(scene, copied) + 1}", "just typed")

    def copy():
        at = next(at for at, row in enumerate(scene.paper.grid(tab=ARCHIVE)) if row[0] == copied)
        scene.paper.hand("duplicate_row", at, tab=ARCHIVE)

    google.before["get_by_filter"] = [*[lambda: None] * (call - 1), copy]
    scene.run()
    rig.live_through(4000, step_s=20)
    scene.assert_nothing_is_lost(doubled=(copied,))
    assert (scene.live().count(copied), scene.archived().count(copied)) == (1, 1)
    rig.edit(copied, status="CANCELLED")
    rig.live_through(120, step_s=20)
    assert [row["Status"] for row in scene.paper.rows(tab=ARCHIVE) if row[KEY] == copied] == ["CANCELLED"]


def test_the_tab_is_deleted_in_the_window(rig, scene):
    """The archive has the old rows; the tab's own loss is told as any tab's."""
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: scene.paper.hand("delete_tab")]
    scene.come_to_rest()
    assert scene.binding().reason == "tab-gone"
    assert sorted(scene.archived()) == sorted(scene.old)


def test_the_archive_is_deleted_in_the_window(rig, scene):
    """Rows may have left the live tab; the archive's loss is told, and it can be made again with all of them."""
    google = interpose(rig)
    google.after["get_by_filter"] = [lambda: scene.paper.hand("delete_tab", tab=ARCHIVE)]
    scene.run()
    rig.write(audits.hasten, [scene.archive().id], rig.clock.now())
    scene.come_to_rest()
    assert scene.archive().reason == "tab-gone"
    assert not scene.own - scene.texts()
    archive_care.anew(rig.services, rig.owner, scene.paper.spreadsheet_id, scene.archive().id)
    scene.come_to_rest()
    scene.assert_nothing_is_lost()
    assert sorted(scene.archived()) == sorted(scene.old)
