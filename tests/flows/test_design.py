"""Profiles: which fit whom, what they would show, every small change, and what happens when a role loses a right."""

from dataclasses import replace

import pytest
from flows.rig import SAM, caller

from service.core.filters import RowFilter
from service.core.presets import PRESETS
from service.core.roles import Role, Switch
from service.errors import BadInput, NotAllowed, NotFound, TooMuch
from service.flows import design, invitations, manage, members, trial
from service.store import sheets

WATCH_LIST = "preset:sla_watch_list"
PICK = "preset:pick_and_ship"


def clone(rig, ref=WATCH_LIST, name="Mine", role=None):
    return design.clone(rig.services, rig.owner, ref, name=name, role=role)


def chosen(rig, profile_id):
    return [column.key for column in design.profile_for(rig.services, rig.owner, profile_id).profile.columns]


# --- choosing ---


def test_ready_made_profiles_are_offered_each_for_its_own_role(rig):
    presets, saved = design.offers(rig.services, rig.owner, role=None)
    assert {one.designed.ref: one.designed.role for one in presets} == {
        "preset:sla_watch_list": Role.WAREHOUSE,
        "preset:pick_and_ship": Role.WAREHOUSE,
        "preset:profit_ledger": Role.FINANCE,
        "preset:accountant": Role.ACCOUNTANT,
        "preset:sales_by_order": Role.ACCOUNTANT,
        "preset:agency_client": Role.CLIENT,
    }
    assert [one.designed.ref for one in presets if one.reason] == ["preset:pick_and_ship", "preset:agency_client"]
    assert saved == []
    assert len(presets) == len(PRESETS)


def test_in_a_file_every_profile_is_judged_for_the_files_role(rig):
    presets, _ = design.offers(rig.services, rig.owner, role=Role.ACCOUNTANT)
    assert [one.designed.ref for one in presets if one.reason is None] == ["preset:accountant", "preset:sales_by_order"]


@pytest.mark.parametrize(
    ("ref", "roles"),
    [
        (WATCH_LIST, {"owner", "admin", "warehouse", "support"}),
        (PICK, {"support"}),
        ("preset:accountant", {"owner", "admin", "finance", "accountant"}),
        ("preset:profit_ledger", {"owner", "admin", "finance"}),
        ("preset:agency_client", {"owner", "admin", "finance", "warehouse", "support"}),
    ],
)
def test_profile_fits_the_roles_that_may_see_all_of_it(rig, ref, roles):
    assert set(design.fitting_roles(rig.services, rig.owner, ref)) == roles


def test_unknown_profile_does_not_exist(rig):
    for ref in ("preset:everything", "no-such-id", ""):
        with pytest.raises(NotFound):
            design.profile_for(rig.services, rig.owner, ref)


# --- looking ---


def test_preview_shows_what_the_sheet_will_say(rig):
    """The same projection: the words of the preview are those of the cells."""
    rig.place(4)
    designed = design.profile_for(rig.services, rig.owner, WATCH_LIST)
    seen = trial.preview(rig.services, rig.owner, designed, locale="en")
    assert len(seen.rows) == trial.PREVIEW_ROWS
    assert (seen.fit_count, seen.looked_at) == (4, 4)
    assert [header for header, _ in seen.rows[0]] == [column.header for column in designed.profile.columns]


def test_preview_of_a_masked_profile_shows_no_whole_number(rig):
    rig.switch(Switch.CLIENT_ID)
    order_ids = rig.place(2)
    designed = design.profile_for(rig.services, rig.owner, "preset:agency_client")
    seen = trial.preview(rig.services, rig.owner, designed, locale="en")
    said = str(seen.rows)
    assert all(order_id not in said and order_id[-6:] in said for order_id in order_ids)


def test_preview_gives_the_viewer_only_what_the_viewer_may_see(rig):
    """The warehouse may see buyers here, finance may not, whatever sheet finance prepares."""
    rig.switch(Switch.WAREHOUSE_PII)
    rig.place(1)
    designed = design.profile_for(rig.services, rig.owner, PICK)
    finance = replace(rig.owner, audience=replace(rig.owner.audience, role=Role.FINANCE))
    support = replace(rig.owner, audience=replace(rig.owner.audience, role=Role.SUPPORT))
    hidden = {header for header, shown in trial.preview(rig.services, finance, designed, locale="en").rows[0]
              if shown is None}  # fmt: skip
    assert {"Recipient", "Address", "Phone", "Postcode", "Due", "Tracking #"} <= hidden
    assert all(shown is not None for _, shown in trial.preview(rig.services, support, designed, locale="en").rows[0])


def test_preview_counts_by_the_whole_filter(rig):
    """Conditions that the database does not know are tried on the newest orders."""
    rig.place(3)
    profile_id = clone(rig)
    design.save_filter(rig.services, rig.owner, profile_id, RowFilter(skus=("no such sku",)))
    designed = design.profile_for(rig.services, rig.owner, profile_id)
    seen = trial.preview(rig.services, rig.owner, designed, locale="en")
    assert (seen.fit_count, seen.looked_at, list(seen.rows)) == (0, 3, [])


# --- changing ---


def test_copy_keeps_everything_but_the_name(rig):
    profile_id = clone(rig, name="Night shift")
    copied = design.profile_for(rig.services, rig.owner, profile_id)
    original = design.profile_for(rig.services, rig.owner, WATCH_LIST)
    assert replace(copied.profile, profile_id="", name="") == replace(original.profile, name="")
    assert (copied.profile.name, copied.role, copied.is_preset) == ("Night shift", Role.WAREHOUSE, False)


def test_second_copy_gets_a_name_of_its_own(rig):
    names = [design.profile_for(rig.services, rig.owner, clone(rig, name="Mine")).profile.name for _ in range(3)]
    assert names == ["Mine", "Mine 2", "Mine 3"]


def test_account_keeps_a_hundred_profiles(rig):
    with rig.services.store.write() as tx:
        for number in range(design.MOST_PROFILES):
            row = sheets.ProfileRow(f"p{number}", rig.account_id, f"P {number}", "", {})
            sheets.add_profile(tx, row, created_by="m", now=rig.clock.now())
    with pytest.raises(TooMuch):
        clone(rig)


def test_changes_are_kept_one_by_one(rig):
    profile_id = clone(rig)
    design.add_columns(rig.services, rig.owner, profile_id, ["warehouse", "created_at"])
    design.move_column(rig.services, rig.owner, profile_id, "created_at", number=1)
    design.remove_column(rig.services, rig.owner, profile_id, "flag")
    saved = design.rename_column(rig.services, rig.owner, profile_id, "qty", header=" How  many ")
    assert chosen(rig, profile_id)[0] == "created_at"
    assert chosen(rig, profile_id)[-1] == "warehouse"
    assert "flag" not in chosen(rig, profile_id)
    assert [column.header for column in saved.profile.columns if column.key == "qty"] == ["How many"]
    again = design.rename_column(rig.services, rig.owner, profile_id, "qty", header="")
    assert [column.header for column in again.profile.columns if column.key == "qty"] == ["Qty"]


@pytest.mark.parametrize(("number", "place"), [(0, 0), (-5, 0), (99, 12), (3, 2)])
def test_column_moves_within_the_profile(rig, number, place):
    profile_id = clone(rig)
    design.move_column(rig.services, rig.owner, profile_id, "qty", number=number)
    assert chosen(rig, profile_id).index("qty") == place


def test_column_taken_out_takes_its_ordering_along(rig):
    """A list ordered by a column that is gone would still tell something of it."""
    profile_id = clone(rig)
    saved = design.remove_column(rig.services, rig.owner, profile_id, "sla_due")
    assert saved.profile.sort == ()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ([], BadInput),
        (["no_such"], BadInput),
        (["qty"], BadInput),
        (["order_total"], BadInput),
        (["revenue"], NotAllowed),
        (["recipient"], NotAllowed),
    ],
)
def test_column_that_cannot_be_added_changes_nothing(rig, keys, problem):
    profile_id = clone(rig)
    before = chosen(rig, profile_id)
    with pytest.raises(problem):
        design.add_columns(rig.services, rig.owner, profile_id, keys)
    assert chosen(rig, profile_id) == before


def test_last_column_stays(rig):
    profile_id = clone(rig)
    for key in chosen(rig, profile_id)[1:]:
        design.remove_column(rig.services, rig.owner, profile_id, key)
    with pytest.raises(BadInput):
        design.remove_column(rig.services, rig.owner, profile_id, "order_id")


def test_profile_that_lost_a_right_can_be_made_allowed_again(rig):
    """What was forbidden already may be taken out step by step, and nothing new be added."""
    rig.switch(Switch.WAREHOUSE_PII)
    profile_id = clone(rig, PICK)
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    with pytest.raises(NotAllowed):
        design.add_columns(rig.services, rig.owner, profile_id, ["city"])
    for key in ("recipient", "address", "phone", "postcode"):
        designed = design.remove_column(rig.services, rig.owner, profile_id, key)
    assert design.refusal(rig.services, rig.owner, designed) is None


def test_profile_is_given_to_a_role_that_may_see_it(rig):
    profile_id = clone(rig)
    saved = design.save_profile(rig.services, rig.owner, profile_id, name="Desk", role=Role.SUPPORT)
    assert (saved.role, saved.profile.name) == (Role.SUPPORT, "Desk")
    with pytest.raises(NotAllowed):
        design.save_profile(rig.services, rig.owner, profile_id, name="Desk", role=Role.CLIENT)


def test_ready_made_profile_is_never_changed(rig):
    with pytest.raises(BadInput):
        design.remove_column(rig.services, rig.owner, WATCH_LIST, "qty")


def test_filter_may_speak_only_of_what_the_role_may_see(rig):
    rig.switch(Switch.CLIENT_ID)
    profile_id = clone(rig, "preset:agency_client")
    with pytest.raises(NotAllowed):
        design.save_filter(rig.services, rig.owner, profile_id, RowFilter(due_within_h=24))
    found = trial.filter_choices(rig.services, rig.owner, design.profile_for(rig.services, rig.owner, profile_id))
    assert (found.due, found.warehouses, found.statuses, found.sku) == (False, None, True, True)


def test_column_that_tells_rows_apart_is_known(rig):
    designed = design.profile_for(rig.services, rig.owner, clone(rig, "preset:sales_by_order"))
    assert trial.keeps_rows_apart(rig.services, rig.owner, designed, "order_id")
    assert not trial.keeps_rows_apart(rig.services, rig.owner, designed, "status")


def test_addable_columns_are_those_the_role_may_see(rig):
    designed = design.profile_for(rig.services, rig.owner, clone(rig))
    keys = {column.key for column in trial.addable(rig.services, rig.owner, designed)}
    assert {"warehouse", "created_at"} <= keys
    assert not {"revenue", "recipient", "tiktok_note", "qty", "order_total"} & keys


# --- when rights change ---


def states(rig):
    with rig.services.store.read() as tx:
        return sorted((row.state, row.reason) for row in sheets.bindings_of_account(tx, rig.account_id))


def test_switch_turned_off_pauses_what_shows_too_much_in_the_same_transaction(rig):
    """Another tab of the account, which shows nothing of it, goes on."""
    rig.switch(Switch.WAREHOUSE_PII)
    rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    rig.bound()
    rig.settle()
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    assert states(rig) == [("live", ""), ("paused", "rights")]
    assert design.tabs_without_rights(rig.services, rig.owner) == [("3PL pick & ship", "Orders")]
    rig.switch(Switch.WAREHOUSE_PII)
    assert states(rig) == [("live", ""), ("live", "")]
    assert design.tabs_without_rights(rig.services, rig.owner) == []


def test_tab_paused_for_another_reason_stays_paused(rig):
    rig.switch(Switch.WAREHOUSE_PII)
    paper = rig.bound(rig.preset("pick_and_ship", Role.WAREHOUSE))
    rig.settle()
    binding = rig.only_binding(paper)
    with rig.services.store.write() as tx:
        sheets.update_binding(tx, binding.id, state="paused", reason="tab-gone")
    rig.switch(Switch.WAREHOUSE_PII, wanted="off")
    rig.switch(Switch.WAREHOUSE_PII)
    assert states(rig) == [("paused", "tab-gone")]


def test_change_of_role_makes_the_readers_be_looked_at_again(rig, paper):
    """What was clean a moment ago may not be now: the next write looks first."""
    caller_ = caller(SAM, rig.world)
    invitations.invite(rig.services, rig.owner, email=SAM.email, role="warehouse")
    invitations.accept(rig.services, caller_, manage.standing(rig.services, caller_, "").invitations[0][0].id)
    member = next(row for row in members.everybody(rig.services, rig.owner).members if row.email == SAM.email)
    for change in (
        lambda: members.change_role(rig.services, rig.owner, member.id, role="accountant"),
        lambda: members.set_switch(rig.services, rig.owner, Switch.FINANCE_SLA, wanted="on"),
        lambda: members.revoke(rig.services, rig.owner, member.id),
    ):
        rig.place(1)
        rig.settle()
        assert rig.file(paper).checked_at is not None
        change()
        assert rig.file(paper).checked_at is None
