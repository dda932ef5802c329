"""The access review: what everybody has and never used, a yes or an end for each, and the reminder every quarter."""

from datetime import timedelta

import pytest
from drivers import clicks

from cards.actions import Action
from service.flows import design
from service.store import people, sheets

REMINDER = "Time to look at who sees what"
DAY_S = 86_400


@pytest.fixture
def team(begin):
    return begin("support", "warehouse", until="bound")


def review(team, role="owner", **parameters):
    return team.sidebar(role).post("access-review", **parameters)


def account_of(team):
    with team.product.services.store.read() as tx:
        return people.account(tx, team.account_id)


def pass_days(team, days):
    team.product.clock.advance(days * DAY_S)


def texts_after(sidebar, email):
    """What stands on the card from a person's line on, until the next person's."""
    shown = sidebar.texts()
    rest = shown[shown.index(email) + 1 :]
    end = next((at for at, text in enumerate(rest) if "@" in text), len(rest))
    return rest[:end]


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_review_shows_what_each_person_sees_and_the_sheets_for_their_role(team):
    sidebar = review(team)
    assert sidebar.title == "Access review"
    assert sidebar.says("3 people to look at")
    packer = texts_after(sidebar, team.people["warehouse"].email)
    assert any("Deadlines" in text and "Shipping" in text and "What buyers paid" not in text for text in packer)
    assert "Orders" in packer
    helper = texts_after(sidebar, team.people["support"].email)
    assert any("Buyers' names and addresses" in text for text in helper)
    assert "Orders" not in helper


def test_a_right_that_was_not_used_for_a_quarter_is_named_and_a_used_one_is_not(team):
    """Who is new has had no time to use anything."""
    assert not review(team).says("Not used for 90 days")
    pass_days(team, 91)
    team.sidebar("support")
    sidebar = review(team)
    assert any("Write notes" in text for text in texts_after(sidebar, team.people["support"].email))
    assert any("Buyers' names" in text for text in texts_after(sidebar, team.people["support"].email)[2:])
    assert "Last here 3 months ago" in texts_after(sidebar, team.people["warehouse"].email)
    team.product.shop().place(1, kind="NORMAL")
    team.product.settle(patience_s=60)
    order = team.sidebar("support").post("orders").press(Action.ORDER, at=0)
    order.press(Action.SAVE_NOTE, form={"note": "called", "flag": [""]})
    after = texts_after(review(team), team.people["support"].email)
    assert "Not used for 90 days" not in after


def test_review_shows_invitations_companies_and_own_roles(team):
    owner = team.sidebar("owner")
    owner.post("send-invitation", form={"email": "guest@gmail.com", "role": "support"}, once_key="guest")
    offer = {"domain": "packhouse.example", "role": "warehouse"}
    owner.post("send-domain-invitation", form=offer, once_key="company")
    role = {"role_name": "Night", "groups": ["STATUS"]}
    owner.post("own-roles").post("own-role", base="warehouse").post(
        "save-role", base="warehouse", form=role, once_key="night"
    )
    sidebar = review(team)
    assert sidebar.says("guest@gmail.com")
    assert sidebar.says("Everyone at packhouse.example")
    assert sidebar.says("Night")
    sidebar.press("Withdraw")
    assert not review(team).says("guest@gmail.com")


def test_only_owner_and_admin_review(team):
    assert review(team, "support").says("Your role does not allow this")
    assert "Review access" in team.sidebar("owner").post("people").labels()


# --- answers ---------------------------------------------------------------------------------------------------------


def test_who_is_confirmed_goes_to_the_end_and_everybody_can_be(team):
    team.product.clock.advance(1)
    sidebar = review(team)
    first = next(text for text in sidebar.texts() if "@" in text)
    sidebar.press("Confirm")
    assert sidebar.toast == f"{first} keeps their access"
    assert sidebar.says("2 people to look at")
    assert next(text for text in sidebar.texts() if "@" in text) != first
    sidebar.press("Confirm").press("Confirm")
    assert sidebar.says("Everybody is confirmed")
    assert "Confirm" not in sidebar.labels()
    assert team.sidebar("owner").post("audit-log").says(f"Confirmed the access of {first}")


def test_access_is_ended_from_the_review(team):
    sidebar = review(team)
    press = next(one for one in clicks(sidebar.card) if one.label == "End access")
    sidebar.press("End access").press("End access", form={"remove": False})
    assert press.parameters["member_id"] not in {row.id for row in team.members()}


def test_many_people_are_turned_page_by_page(team, product):
    services = product.services
    with services.store.write() as tx:
        template = team.members()[-1]
        for number in range(10):
            people.see_person(tx, f"sub-{number}", email=f"p{number}@x.example", now=services.clock.now())
            values = {name: getattr(template, name) for name in template.__dataclass_fields__}
            values |= {"id": f"member-{number}", "sub": f"sub-{number}", "email": f"p{number}@x.example"}
            people.add_member(tx, type(template)(**values))
    sidebar, seen = review(team), set()
    while True:
        seen |= {text for text in sidebar.texts() if "@" in text}
        if "Show next" not in sidebar.labels():
            break
        sidebar.press("Show next")
    assert len(seen) == 13
    assert sidebar.press("Show previous").title == "Access review"


@pytest.mark.parametrize("page", ["x", "-1", "9999999", "²"])
def test_a_forged_page_shows_people_or_nothing_and_breaks_nothing(team, page):
    assert review(team, page=page).title == "Access review"


def test_an_approval_is_withdrawn_and_the_file_pauses_for_the_reader_again(team):
    stranger = team.people["stranger"]
    team.sheet.share(stranger, "reader")
    team.sidebar("owner").post("check-sharing").press("Approve")
    sidebar = review(team)
    assert sidebar.says(stranger.email)
    sidebar.press("Withdraw approval")
    assert sidebar.toast == "The approval is withdrawn"
    assert not sidebar.says(stranger.email)
    team.product.settle(patience_s=60)
    with team.product.services.store.read() as tx:
        file = sheets.file_unscoped(tx, team.sheet.spreadsheet_id)
    assert (file.state, file.approved_readers) == ("paused", [])
    told = team.sidebar("owner").post("audit-log")
    assert told.says(f"Withdrew the approval of {stranger.email}")


def test_an_approval_is_not_withdrawn_twice_nor_by_an_admin(team):
    team.join("admin")
    where = {"file_id": team.sheet.spreadsheet_id, "reader_id": "nobody"}
    owner = team.sidebar("owner").post("withdraw-approval", **where)
    assert owner.says("This reader is not approved any more.")
    admin = team.sidebar("admin").post("withdraw-approval", **where)
    assert admin.says("Your role does not allow this")


# --- every quarter ---------------------------------------------------------------------------------------------------


def test_owner_is_reminded_after_a_quarter_and_not_before_and_nobody_else_is(team):
    team.join("admin")
    assert not team.sidebar("owner").says(REMINDER)
    pass_days(team, 91)
    assert not team.sidebar("owner").says(REMINDER)
    pass_days(team, 1)
    assert team.sidebar("owner").says(REMINDER)
    for role in ("admin", "warehouse"):
        assert not team.sidebar(role).says(REMINDER)
    sidebar = team.sidebar("owner").press("Review access")
    assert sidebar.says("Due since 23 Feb 2027")


def test_a_finished_review_is_due_again_a_quarter_later(team):
    pass_days(team, 92)
    sidebar = review(team).press("Confirm")
    now = team.product.clock.now()
    sidebar.press("All reviewed")
    assert sidebar.toast == "Done. The next review is due on 23 May 2027"
    assert not team.sidebar("owner").says(REMINDER)
    assert account_of(team).reviewed_at == now
    assert account_of(team).review_due_at > now + timedelta(days=85)
    assert sidebar.says("3 people to look at")  # the next review begins with everybody
    pass_days(team, 92)
    assert team.sidebar("owner").says(REMINDER)


def test_profiles_of_roles_that_are_gone_do_not_stop_the_review(team):
    """A member whose own role was written by hand into nothing sees no columns, and is shown so."""
    with team.product.services.store.write() as tx:
        row = next(one for one in team.members() if one.role == "support")
        people.change_role(tx, row.id, "custom:gone")
        design.recheck(team.product.services, tx, team.account_id)
    assert "No columns" in texts_after(review(team), team.people["support"].email)
