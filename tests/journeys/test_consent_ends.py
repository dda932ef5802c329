"""A consent ends: by its giver, by Google, by leaving; what stops, what is told, and who goes on."""

from dataclasses import replace

from journeys.consent_giving import (
    TAB,
    bind_by_consent,
    consents_of,
    file_of,
    give,
    readers_of,
    rows_of,
    sweep,
)
from local_world import WORLD_URL

from cards.actions import Action
from service.flows import upkeep
from service.sandbox.issuer import WEB_CLIENT_ID

ENDED = "The consent to write has ended"


def take_back(team, role="owner"):
    """In their Google account the person takes it back."""
    answer = team.product.world.http.post(f"{WORLD_URL}/identity/revocations", json={"email": team.people[role].email})
    assert answer.status_code == 200


def test_consent_taken_back_at_google_pauses_and_is_given_again(personal):
    """However Google ends it, the next write says so; rows of the time between come when it is given anew."""
    shop = personal.product.shop()
    before = shop.place(1)
    personal.product.settle(patience_s=60)
    take_back(personal)
    between = shop.place(2)
    personal.product.settle(patience_s=60)
    assert (file_of(personal).state, file_of(personal).reason) == ("paused", "consent-ended")
    assert consents_of(personal) == [("dead", False)]
    owner = personal.sidebar("owner")
    assert owner.says(ENDED)
    give(personal, "owner", sidebar=owner.press("Give consent again"))
    personal.product.settle(patience_s=60)
    assert rows_of(personal) == {*before, *between}
    assert personal.sidebar("owner").post(Action.WRITE_AS_ME).toast == "We write here as you"


def test_giver_ends_it_in_the_sidebar_and_the_sheet_says_so(personal):
    """Google forgets it at once, the heading tells those without a sidebar, and nothing more is written."""
    before = personal.product.shop().place(1)
    personal.product.settle(patience_s=60)
    owner = personal.sidebar("owner").post(Action.OWN_CONSENTS)
    assert owner.says(file_of(personal).title)
    owner.press("End consent")
    assert owner.toast == "The consent has ended"
    assert owner.says("You gave no consent")
    assert consents_of(personal) == [("revoked", False)]
    assert not personal.product.world.identity.bearers.has_refresh(personal.people["owner"].email, WEB_CLIENT_ID)
    personal.product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == set(before)
    assert "ended their consent" in note_of(personal)


def note_of(team):
    """What the first heading's note says."""
    found = team.sheet._call(
        team.people["owner"],
        "GET",
        f"{WORLD_URL}/sheets/v4/spreadsheets/{team.sheet.spreadsheet_id}",
        params={"fields": "sheets(properties.title,data.rowData.values.note)", "includeGridData": "true"},
    )
    tab = next(one for one in found["sheets"] if one["properties"]["title"] == TAB)
    values = [cell for block in tab["data"] for row in block.get("rowData", ())[:1] for cell in row.get("values", ())]
    return " ".join(cell.get("note", "") for cell in values)


def test_signing_out_ends_it_and_says_so_beforehand(personal):
    owner = personal.sidebar("owner").post("sign-out")
    assert owner.says(file_of(personal).title)
    owner.press(Action.CONFIRM_SIGN_OUT)
    assert consents_of(personal) == [("revoked", False)]
    assert file_of(personal).reason == "consent-ended"
    assert personal.sidebar("owner").says(ENDED)


def test_giver_who_leaves_takes_it_along_and_an_owner_goes_on(with_admin):
    """The remaining owner sees why, consents for themselves, and no row is doubled."""
    closed = bind_by_consent(with_admin, "admin")
    before = closed.product.shop().place(1)
    closed.product.settle(patience_s=60)
    (member,) = (one for one in closed.members() if one.role == "admin")
    owner = closed.sidebar("owner").post("revoke-member", member_id=member.id)
    assert owner.says("They are written by this person's consent. Somebody else can give theirs.")
    owner.post("confirm-revoke", member_id=member.id)
    between = closed.product.shop().place(1)
    sweep(closed)
    assert consents_of(closed) == [("revoked", False)]
    assert rows_of(closed) == set(before)
    closed.sheet.unshare(closed.people["admin"])
    give(closed, "owner")
    sweep(closed)
    assert file_of(closed).writer_email == closed.people["owner"].email
    assert rows_of(closed) == {*before, *between}


def test_giver_who_may_bind_no_more_writes_no_more(with_admin):
    closed = bind_by_consent(with_admin, "admin")
    (member,) = (one for one in closed.members() if one.role == "admin")
    closed.sidebar("owner").post("change-role", form={"role": "warehouse"}, member_id=member.id)
    closed.product.shop().place(1)
    sweep(closed)
    assert rows_of(closed) == set()
    assert file_of(closed).reason == "consent-ended"
    assert closed.sidebar("owner").says(ENDED)


def test_domain_that_opens_up_lets_our_writer_take_over(personal):
    """The other button: no consent is needed once the organisation allows our address."""
    product = personal.product
    before = product.shop().place(1)
    product.settle(patience_s=60)
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    product.world.emulator.state.closed.clear()
    personal.sidebar("owner").press("Use our writer")
    after = product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == {*before, *after}
    assert file_of(personal).consent_id is None
    assert product.services.writers.emails[0] in readers_of(personal)


def test_file_that_the_giver_may_not_edit_any_more_says_so(personal):
    """The person lost the file and not the consent: the same card, with both ways on."""
    state = personal.product.world.emulator.state
    state.files[personal.sheet.spreadsheet_id].picked.clear()
    personal.product.shop().place(1)
    sweep(personal)
    owner = personal.sidebar("owner")
    assert owner.says(ENDED)
    assert {"Give consent again", "Use our writer"} <= set(owner.labels())


def test_consent_ended_while_google_is_away_is_told_in_the_night(personal):
    """Nothing is written from that moment on; the token is kept until Google has heard of it, and no longer."""
    personal.product.world.refuses_revocations = True
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    assert consents_of(personal) == [("revoked", True)]
    personal.product.shop().place(1)
    sweep(personal)
    assert rows_of(personal) == set()
    personal.product.world.refuses_revocations = False
    upkeep.forget_old(personal.product.services)
    assert consents_of(personal) == [("revoked", False)]
    assert not personal.product.world.identity.bearers.has_refresh(personal.people["owner"].email, WEB_CLIENT_ID)


def test_leaving_says_beforehand_which_files_stop(with_admin):
    team = bind_by_consent(with_admin, "admin")
    admin = team.sidebar("admin").post(Action.LEAVE_ACCOUNT)
    assert admin.says("These files stop updating")
    assert admin.says(file_of(team).title)


def test_person_of_two_accounts_ends_one_and_writes_on_in_the_other(personal):
    """Google knows one grant of a person to us: it is told when the last consent of theirs is over."""
    product, bearers = personal.product, personal.product.world.identity.bearers
    owner = personal.people["owner"].email
    sidebar = personal.sidebar("owner").post(Action.OPEN_ACCOUNT, form={"account_name": "Second"}, once_key="second")
    elsewhere = product.sheet(personal.people["owner"], "Elsewhere")
    second = replace(personal, sheet=elsewhere)
    give(second, "owner", sidebar=product.sidebar(personal.people["owner"]).open(elsewhere.spreadsheet_id).post(
        Action.WRITE_AS_ME))  # fmt: skip
    sidebar = personal.sidebar("owner").post(Action.OWN_CONSENTS)
    assert sidebar.says("Second")
    sidebar.press(
        "End consent", at=[one for one in sidebar.texts() if one in {"Bloom & Thread", "Second"}].index("Second")
    )
    assert bearers.has_refresh(owner, WEB_CLIENT_ID)
    placed = product.shop().place(1)
    product.settle(patience_s=60)
    assert rows_of(personal) == set(placed)
    personal.sidebar("owner").post(Action.OWN_CONSENTS).press("End consent")
    assert not bearers.has_refresh(owner, WEB_CLIENT_ID)
