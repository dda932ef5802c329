"""Profiles: choosing, looking at the first rows, a copy of one's own, its columns and its filter."""

import pytest
from drivers import clicks, prefilled, wrapped

from cards.actions import Action

WATCH_LIST = "preset:sla_watch_list"


@pytest.fixture
def team(begin):
    return begin(until="connected")


@pytest.fixture
def copied(team):
    """The owner's own copy of the watch list, open for changes."""
    return team.sidebar("owner").post("preview-profile", profile_id=WATCH_LIST).press("Make a copy")


def headers(sidebar):
    """The chosen columns in order, as the editor shows them."""
    return [one.label for one in clicks(sidebar.card) if one.action == "column"]


def open_column(sidebar, key):
    place = next(
        at
        for at, one in enumerate([one for one in clicks(sidebar.card) if one.action == "column"])
        if one.parameters["column_key"] == key
    )
    return sidebar.press(Action.COLUMN, at=place)


def test_list_gives_the_reason_where_a_profile_is_not_allowed(team):
    """Refused, not trimmed: the reason says what would have to change."""
    owner = team.sidebar("owner").press("Choose a profile")
    assert owner.says("Not for this file: The role warehouse may not see: Recipient, Address, Phone, Postcode.")
    owner.post("preview-profile", profile_id="preset:pick_and_ship")
    assert "Use this profile" not in owner.labels()
    team.switch("warehouse:PII")
    assert not team.sidebar("owner").press("Choose a profile").says("Recipient")


def test_list_is_for_the_files_role_once_it_has_one(team):
    team.bind()
    owner = team.sidebar("owner").press("Add a tab")
    assert owner.says("Not for this file: The role warehouse may never see: Currency")


def test_preview_shows_the_first_rows_as_the_sheet_would(team):
    team.product.shop().place(4)
    owner = team.sidebar("owner").post("preview-profile", profile_id=WATCH_LIST)
    assert owner.says("4 orders match")
    assert owner.says("Awaiting shipment") or owner.says("Upload")


def test_preview_of_an_empty_shop_says_so(team):
    assert (
        team.sidebar("owner").post("preview-profile", profile_id=WATCH_LIST).says("No order matches this profile yet.")
    )


def test_preview_hides_from_the_owner_what_owners_may_not_see(team):
    """The sheet is for the warehouse, which may see buyers; the owner who looks at it may not."""
    team.switch("warehouse:PII")
    team.product.shop().place(2)
    owner = team.sidebar("owner").post("preview-profile", profile_id="preset:pick_and_ship").press("Make a copy")
    for key in ("order_id", "seller_sku", "items", "qty", "provider", "tracking", "sla_clock", "sla_due", "sla_left"):
        open_column(owner, key).press("Take out this column")
    profile_id = owner_draft(owner)
    assert owner.post("preview-profile", profile_id=profile_id).says("Not shown to your role")
    team.switch("owner:PII")
    assert not owner.post("preview-profile", profile_id=profile_id).says("Not shown to your role")


def owner_draft(sidebar):
    """The id of the own profile that the card in view is about."""
    for one in clicks(sidebar.card):
        found = one.parameters.get("draft_id") or one.parameters.get("profile_id")
        if found:
            return found
    raise AssertionError("no profile here")


def test_copy_is_an_own_profile_that_can_be_changed(copied):
    assert copied.title == "Columns"
    assert copied.toast == "Your own copy"
    assert headers(copied)[:3] == ["Order ID", "SKU", "Items"]


def test_ready_made_profile_cannot_be_changed(team):
    owner = team.sidebar("owner").post("edit-columns", profile_id=WATCH_LIST)
    assert owner.says("A ready-made profile stays as it is. Make a copy and change that.")
    assert owner.post("save-filter", draft_id=WATCH_LIST).says("A ready-made profile stays as it is.")


def test_columns_are_added_moved_renamed_and_taken_out(copied):
    copied.press("Add columns", form={"columns": ["warehouse"]})
    copied.post("add-column", draft_id=owner_draft(copied), form={"more_columns": ["created_at"]})
    assert headers(copied)[-2:] == ["Warehouse", "Created"]
    open_column(copied, "created_at").press("Make it first")
    assert headers(copied)[0] == "Created"
    open_column(copied, "qty").press("Save header", form={"header": "  How   many "})
    assert "How many" in headers(copied)
    open_column(copied, "warehouse").press("Take out this column")
    assert "Warehouse" not in headers(copied)


def test_two_columns_do_not_share_a_header(copied):
    open_column(copied, "qty").press("Save header", form={"header": "SKU"})
    assert copied.says("Two columns are called SKU.")
    assert copied.title == "Qty"


def test_column_the_role_may_not_see_is_not_offered_and_not_added(copied):
    """The editor offers what the readers may see; a forged press is refused with the reason."""
    offered = dict(prefilled(copied.card)).keys()
    assert "columns" in offered
    assert "order_total" not in str(copied.card)
    copied.post("add-column", draft_id=owner_draft(copied), form={"columns": ["order_total"]})
    assert copied.says("Order total cannot be shown here.")
    copied.post("add-column", draft_id=owner_draft(copied), form={"columns": ["revenue"]})
    assert copied.says("The role warehouse may never see: Revenue.")
    assert "Revenue" not in headers(copied)


def test_name_and_role_are_saved(copied):
    copied.press("Save profile", form={"profile_name": "Night shift", "audience": ["support"]})
    assert copied.title == "Night shift"
    assert copied.says("For support, one row per product")


def test_role_that_may_not_see_the_columns_is_refused(copied):
    copied.press("Save profile", form={"profile_name": "Night shift", "audience": ["accountant"]})
    assert copied.title == "Columns"
    assert copied.says("The role accountant may never see:")


def test_name_is_taken_once(team, copied):
    copied.press("Save profile", form={"profile_name": "Night shift"})
    second = team.sidebar("owner").post("preview-profile", profile_id=WATCH_LIST).press("Make a copy")
    second.press("Save profile", form={"profile_name": "Night shift"})
    assert second.says("Another profile has this name.")


def test_own_profile_is_bound_like_a_ready_made_one(team, copied):
    """What was changed is what the tab gets, and the tab keeps it when the profile is changed again."""
    team.product.shop().place(2)
    profile_id = owner_draft(copied)
    open_column(copied, "qty").press("Save header", form={"header": "Pieces"})
    team.bind(profile_id)
    assert all("Pieces" in row for row in team.sheet.cells("My SLA Watch List"))
    owner = team.sidebar("owner").post("edit-columns", profile_id=profile_id)
    assert owner.says("These tabs keep what they show until you bring the change to them: My SLA Watch List")


def test_filter_is_typed_saved_and_said(team, copied):
    team.product.shop().place(3)
    profile_id = owner_draft(copied)
    owner = team.sidebar("owner").post("edit-filter", profile_id=profile_id)
    owner.press(
        "Save filter",
        form={
            "status": ["IN_TRANSIT"],
            "window": ["24"],
            "sku": "YARN-4PLY; MUG",
            "from_day": {"dateInput": {"msSinceEpoch": "1793491200000"}},
        },
    )
    assert owner.toast == "The filter is saved"
    assert owner.says(
        "Status: in transit; Due within 24 hours, or overdue; Created from 2026-11-01; SKU: YARN-4PLY, MUG"
    )
    assert owner.says("No order matches this profile yet.")
    again = team.sidebar("owner").post("edit-filter", profile_id=profile_id)
    assert dict(prefilled(again.card))["sku"] == "YARN-4PLY, MUG"


def test_filter_with_days_the_wrong_way_round_is_hinted_at(team, copied):
    day = 86_400_000
    owner = team.sidebar("owner").post("edit-filter", profile_id=owner_draft(copied))
    owner.press(
        "Save filter",
        form={
            "from_day": {"dateInput": {"msSinceEpoch": str(20_000 * day)}},
            "to_day": {"dateInput": {"msSinceEpoch": str(19_999 * day)}},
        },
    )
    assert owner.says("The last day is before the first day.")


def test_filter_form_asks_only_what_the_readers_may_know(team):
    """A client's sheet cannot be narrowed by deadline or warehouse: what it shows would give them away."""
    team.switch("client:ID_MASKED")
    owner = team.sidebar("owner").post("preview-profile", profile_id="preset:agency_client").press("Make a copy")
    form = owner.post("edit-filter", draft_id=owner_draft(owner))
    names = set(dict(prefilled(form.card)))
    assert {"status", "shop", "from_day", "to_day", "sku"} <= names
    assert not {"window", "warehouse"} & names
    form.post("save-filter", draft_id=owner_draft(form), form={"window": wrapped(["24"]), "warehouse": wrapped(["x"])})
    assert form.says("All orders")
