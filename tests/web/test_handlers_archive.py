"""How long a tab keeps finished orders, and a lost archive made anew: through the sidebar."""

import pytest
from team import build_team

from cards.actions import Action
from service.flows import archives
from service.store import sheets

WATCH_LIST = "preset:sla_watch_list"


@pytest.fixture
def bound(begin):
    team = begin(until="connected")
    team.product.shop().place(2)
    return team.bind()


def archive_it(team):
    """The tab has an archive, whose tab is made."""
    services = team.product.services
    with services.store.write() as tx:
        (row,) = team.bindings()
        made = archives.open_archive(services, tx, row)
    team.product.settle(patience_s=10)
    return made


def live_of(team):
    return next(row for row in team.bindings() if row.archive_of is None)


def test_sixty_days_are_kept_unless_somebody_says_otherwise(product, people):
    """The form offers the usual, and what is chosen there holds for the tab."""
    team = build_team(product, people).connect()
    form = team.sidebar("owner").post("bind-form", profile_id=WATCH_LIST)
    form.press(Action.BIND, form={"tab": ["new"]})
    assert live_of(team).window_days == 60


def test_always_is_chosen_when_a_tab_is_connected(product, people):
    team = build_team(product, people).connect()
    form = team.sidebar("owner").post("bind-form", profile_id=WATCH_LIST)
    form.press(Action.BIND, form={"tab": ["new"], "keep_days": ["always"]})
    assert live_of(team).window_days is None


def test_keep_finished_changes_how_long_and_says_so(bound):
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    sidebar.press(Action.KEEP_FINISHED, form={"keep_days": ["90"]})
    assert sidebar.toast == "Older finished orders move to the archive by and by"
    assert live_of(bound).window_days == 90
    sidebar.press(Action.KEEP_FINISHED, form={"keep_days": ["always"]})
    assert sidebar.toast == "Finished orders stay in this tab"
    assert live_of(bound).window_days is None


def test_a_time_that_is_not_offered_is_refused(bound):
    before = live_of(bound).window_days
    sidebar = bound.sidebar("owner").press(Action.SHEET)
    sidebar.press(Action.KEEP_FINISHED, form={"keep_days": ["7"]})
    assert sidebar.says("Choose one of the offered values.")
    sidebar.post("bind", profile_id=WATCH_LIST, once_key="k", form={"tab": ["new"], "audience": ["warehouse"],
                                                                  "keep_days": ["-1"]})  # fmt: skip
    assert sidebar.says("Choose one of the offered values.")
    assert live_of(bound).window_days == before
    assert len(bound.bindings()) == 1


def test_who_may_not_bind_sees_where_finished_orders_are_and_no_button(bound):
    archive_it(bound)
    sidebar = bound.join("warehouse").sidebar("warehouse").post("sheet", binding_id=live_of(bound).id)
    assert sidebar.says("0 rows of finished orders are in SLA Watch List archive")
    assert not sidebar.says("Keep finished orders for")


def test_the_archives_card_says_whose_it_is(bound):
    made = archive_it(bound)
    sidebar = bound.sidebar("owner").post("sheet", binding_id=made.id)
    assert sidebar.says("Finished orders of SLA Watch List")
    assert not sidebar.says("Keep finished orders for")


def test_an_archive_that_is_gone_is_made_anew(bound):
    """With one button, which is none of the form's for another profile."""
    made = archive_it(bound)
    with bound.product.services.store.write() as tx:
        sheets.update_binding(tx, made.id, state="paused", reason="tab-gone", reason_text=made.tab_title)
    sidebar = bound.sidebar("owner")
    assert sidebar.says("The archive tab is gone")
    sidebar.press(Action.MOVE_TAB)
    assert sidebar.toast == "A new archive is being made"
    assert made.id not in {row.id for row in bound.bindings()}
    bound.product.settle(patience_s=10)


def test_stopping_a_tab_stops_its_archive(bound):
    archive_it(bound)
    bound.sidebar("owner").post("confirm-stop", binding_id=live_of(bound).id)
    assert bound.bindings() == []
