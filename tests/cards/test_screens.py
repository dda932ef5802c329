"""What single screens promise: who gets which button, what is kept from whom, one thing to do next."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cards import render
from cards.actions import TRIGGERS, Action, Press
from cards.costs import CostForm, Costs, SendingLine, StatedCost
from cards.examples import EXAMPLES
from cards.home import DueCount, DueKind, Progress, SheetHome, TabLine
from cards.layout import Pager
from cards.markup import TO_DO
from cards.orders import Orders
from cards.problem import ProblemView
from cards.profit_history import Charge, ProfitHistory, ProfitStep, StepTaken
from cards.readers import Reader, ReaderKind
from cards.shop_terms import ShopTermsForm, TermsVersion
from cards.trouble import Trouble, TroubleKind
from cards.welcome import UnboundFile
from cards.widgets import MAX_CHOICES, PROGRESS_CELLS, Choice, Style, button, buttons, progress_bar
from cards.words import ENGLISH
from service.flows.shop_terms import MOST_VERSIONS

ALL = frozenset(Action) - TRIGGERS
LIVE = TabLine("bind_1", "Orders", "SLA Watch List", 10, 12)


def drawn(view: object) -> str:
    return json.dumps(render(view, ENGLISH), ensure_ascii=False)


def uttered(view: object) -> set[str]:
    """The actions that the card offers."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "function" in node:
                found.add(node["function"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(render(view, ENGLISH))
    return found


def filled(view: object) -> list[str]:
    """The labels of filled buttons in the card's body."""
    rows = [
        w["buttonList"]["buttons"] for s in render(view, ENGLISH)["sections"] for w in s["widgets"] if "buttonList" in w
    ]
    return [each["text"] for row in rows for each in row if each["type"] == "FILLED"]


def home(role: str, *tabs: TabLine, may: frozenset[Action] = ALL, **more: Any) -> SheetHome:
    return SheetHome("File", "Glow", role, "warehouse", tabs or (LIVE,), may=may, **more)


@pytest.mark.parametrize("name", [name for name, view in EXAMPLES.items() if getattr(view, "may", frozenset())])
def test_offer_only_what_viewer_may(name):
    """Without permissions a card keeps only doors that are open to every person."""
    everyone = {Action.RETURN_HOME, Action.HELP, Action.SIGN_OUT, Action.REFRESH_STATUS, Action.CHOOSE_ACCOUNT}
    everyone |= {Action.ACCEPT_INVITATION}  # a person's own, whatever their role here
    everyone |= {Action.PREVIEW_PROFILE}  # looking is decided where the list of profiles is made
    assert uttered(replace(EXAMPLES[name], may=frozenset())) <= everyone


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("owner", "Show orders"),
        ("warehouse", "Show orders"),
        ("support", "Show orders"),
        ("finance", "Refresh now"),
        ("accountant", "Refresh now"),
    ],
)
def test_fill_button_that_role_comes_for(role, first):
    assert filled(home(role)) == [first]


def test_leave_client_with_plain_status():
    card = drawn(home("client", may=frozenset()))
    assert "keeps itself up to date" in card
    assert "buttonList" not in card


def test_put_fix_first_in_trouble():
    """While something is wrong, the fix is the one filled button, even beside two more troubles."""
    trouble = Trouble(TroubleKind.WRITER_REMOVED, "bind_1", name="w@rows.example")
    broken = replace(LIVE, trouble=trouble)
    view = home("owner", broken, broken, LIVE)
    assert filled(view) == ["Add the writer again"]
    first = render(view, ENGLISH)["sections"][0]
    assert "w@rows.example" in json.dumps(first)


@pytest.mark.parametrize("kind", TroubleKind)
def test_say_who_can_fix_what_viewer_cannot(kind):
    reader = Reader("per_1", ReaderKind.UNKNOWN, "ana@x.example")
    trouble = Trouble(kind, "bind_1", "shop_1", "Somebody", readers=(reader,))
    view = home("warehouse", replace(LIVE, trouble=trouble), may=frozenset({Action.ORDERS}))
    assert "An owner or admin of this account can fix this." in drawn(view)
    assert filled(view) == []


def test_name_leaking_readers_only_to_who_can_act():
    trouble = Trouble(TroubleKind.LEAK, "bind_1", readers=(Reader("per_1", ReaderKind.UNKNOWN, "ana@x.example"),))
    view = home("owner", replace(LIVE, trouble=trouble))
    assert "ana@x.example" in drawn(view)
    assert Action.CHECK_SHARING in uttered(view)
    assert "ana@x.example" not in drawn(replace(view, role="warehouse", may=frozenset({Action.ORDERS})))


def test_renew_consent_of_the_shop_in_trouble():
    trouble = Trouble(TroubleKind.CONSENT_EXPIRED, "bind_1", "shop_9", "Glow DE")
    card = drawn(home("owner", replace(LIVE, trouble=trouble)))
    assert '"parameters": [{"key": "shop_id", "value": "shop_9"}]' in card


def test_offer_no_refresh_while_every_tab_rests():
    paused = replace(LIVE, trouble=Trouble(TroubleKind.PAUSED, "bind_1", name="Maya"))
    assert Action.REFRESH_NOW not in uttered(home("accountant", paused))
    assert Action.REFRESH_NOW in uttered(home("accountant", paused, LIVE))


def test_count_what_is_due_and_skip_zeros():
    card = drawn(home("warehouse", due=(DueCount(DueKind.OVERDUE, 0), DueCount(DueKind.TODAY, 4))))
    assert "4 due today" in card
    assert "overdue" not in card
    assert "Nothing is due" in drawn(home("warehouse", due=(DueCount(DueKind.TODAY, 0),)))


def test_show_progress_with_rest_of_time():
    card = drawn(home("owner", replace(LIVE, progress=Progress(4_800, 10_000, 95))))
    assert "Filling the tab, 48%" in card
    assert "4,800 of 10,000 rows, about 2 minutes left" in card
    assert "We are counting the rows" in drawn(home("owner", replace(LIVE, progress=Progress(0, 0))))


@pytest.mark.parametrize(
    ("done", "total", "full"), [(0, 9, 0), (1, 10_000, 1), (9_999, 10_000, 11), (9, 9, 12), (0, 0, 0)]
)
def test_fill_bar_only_when_done(done, total, full):
    bar = progress_bar(done, total)
    green = bar.partition(TO_DO)[0]
    assert (bar.count("█"), green.count("█")) == (PROGRESS_CELLS, full)


def test_tell_stranger_nothing():
    """The card of a stranger is the same in every file: it takes nothing from the file or the account."""
    assert drawn(EXAMPLES["stranger"]).count("Glow") == 0
    assert uttered(EXAMPLES["stranger"]) == {Action.RETURN_HOME, Action.HELP}


def test_ask_again_differently_after_refused_grant():
    """The help card leads with what the person can do; the same request is only one of three ways."""
    assert filled(EXAMPLES["allow-file"]) == ["Allow access to this sheet"]
    assert filled(EXAMPLES["allow-file-help"]) == ["Check again"]


def test_lead_unbound_file_to_next_step():
    shops = EXAMPLES["unbound-with-shop"].shops
    assert filled(UnboundFile("F", "Glow", "owner", may=ALL)) == ["Connect a shop"]
    assert filled(UnboundFile("F", "Glow", "owner", shops, may=ALL)) == ["Choose a profile"]
    assert filled(UnboundFile("F", "Glow", "warehouse", shops)) == []


def test_open_consent_over_sidebar_with_refresh_beside():
    card = drawn(EXAMPLES["connect-start"])
    assert '"openAs": "OVERLAY", "onClose": "RELOAD"' in card
    assert "not a Google service" in card
    assert Action.CONNECT_STATUS in uttered(EXAMPLES["connect-start"])


def test_explain_refused_profile_without_button():
    card = drawn(EXAMPLES["choose-profile"])
    assert "Not for this file: Buyer data is closed for the warehouse." in card
    assert '"value": "pick-ship"' not in card
    assert Action.BIND_FORM not in uttered(EXAMPLES["preview-refused"])


def test_turn_pages_with_filter_in_force():
    card = drawn(EXAMPLES["orders"])
    for page in ("p1", "p3"):
        assert f'[{{"key": "query", "value": "q_7c1"}}, {{"key": "page", "value": "{page}"}}]' in card


def test_open_masked_order_without_its_id():
    card = drawn(EXAMPLES["orders-masked"])
    assert "k_9f2c61" in card
    assert "577412936450128731" not in card


def test_choose_all_unless_something_is_chosen():
    pager = EXAMPLES["orders"].pager
    view = Orders(
        "Orders", (), pager, statuses=(Choice("a", "A", selected=True),), shops=(Choice("x", "X"), Choice("y", "Y"))
    )
    chosen = {
        w["selectionInput"]["name"]: [i["text"] for i in w["selectionInput"]["items"] if i["selected"]]
        for s in render(view, ENGLISH)["sections"]
        for w in s["widgets"]
        if "selectionInput" in w
    }
    assert chosen == {"status": ["A"], "shop": ["All"]}


def test_offer_every_column_also_where_one_field_does_not_take_them():
    keys = [f"key{number}" for number in range(MAX_CHOICES + 13)]
    card = render(replace(EXAMPLES["edit-columns"], available=tuple(Choice(key, key) for key in keys)), ENGLISH)
    fields = [w["selectionInput"] for s in card["sections"] for w in s["widgets"] if "selectionInput" in w]
    offered = {field["name"]: [item["value"] for item in field["items"]] for field in fields}
    assert [*offered["columns"], *offered["more_columns"]] == keys


def test_keep_key_column_in_profile():
    detail = EXAMPLES["column-key-error"]
    assert Action.REMOVE_COLUMN not in uttered(detail)
    assert Action.REMOVE_COLUMN in uttered(replace(detail, is_key=False))


def test_move_column_no_further_than_the_ends():
    detail = EXAMPLES["column"]
    assert '"place", "value": "5"' in drawn(detail)
    assert '"value": "8"' not in drawn(replace(detail, number=7))
    assert '"value": "0"' not in drawn(replace(detail, number=1))


def test_offer_no_end_of_access_to_oneself():
    assert Action.REVOKE_MEMBER not in uttered(EXAMPLES["member-you"])
    assert Action.REVOKE_MEMBER in uttered(EXAMPLES["member"])


def test_send_switch_without_blocking_form():
    card = drawn(EXAMPLES["role-switches"])
    assert '"function": "set-switch"' in card
    assert '"loadIndicator": "NONE"' in card


def test_show_reference_and_fix_of_problem():
    view = ProblemView("It broke.", "RS-7F3K2", fix=Press(Action.CONNECT_SHOP, {"shop_id": "s"}))
    assert "RS-7F3K2" in drawn(view)
    assert filled(view) == ["Connect the shop again"]
    assert filled(replace(view, fix=Press(Action.SAVE_NOTE))) == ["Try again"]


def test_carry_form_through_explicit_yes():
    """Confirming repeats what was asked for, so that nothing else can be written than what was shown."""
    card = render(EXAMPLES["confirm-bind"], ENGLISH)
    parameters = card["fixedFooter"]["primaryButton"]["onClick"]["action"]["parameters"]
    assert {each["key"] for each in parameters} == {
        "profile_id",
        "tab",
        "tab_name",
        "audience",
        "ticking",
        "days_back",
        "keep_days",
        "once_key",
    }


def test_what_does_not_fit_on_a_card_of_money_is_counted():
    """A cost, a fee or a shop that is left out in silence is taken for one that is not there."""
    stated = tuple(StatedCost(f"2026-01-{day:02}", f"£{day}.00", f"From {day} Jan 2026") for day in range(1, 16))
    sending = tuple(SendingLine(f"shop_{at}", f"Shop {at}") for at in range(33))
    charges = tuple(Charge(f"Fee {at}", "£0.10", "£24.00", "a rule") for at in range(7))
    step = StepTaken(ProfitStep.FEE_TABLE, charges=charges)
    assert "and 3 more" in drawn(CostForm("shop_1", "sku_1", "Vase", "GBP", stated=stated))
    assert "and 3 more" in drawn(Costs("1 Nov 2026", sending=sending))
    desk = EXAMPLES["desk"]
    earned = tuple(replace(desk.whole.earned[0], currency=code) for code in ("GBP", "EUR", "USD"))
    assert "1 more currency is not shown here" in drawn(replace(desk, whole=replace(desk.whole, earned=earned)))
    assert "and 2 more" in drawn(ProfitHistory("order_1", "Order", "£1.00", (step,), Pager(1, 1, 1)))


def test_every_version_of_a_shop_s_terms_can_be_taken_back():
    versions = tuple(TermsVersion(f"20{at:02}-01-01", f"1 Jan 20{at:02}") for at in range(MOST_VERSIONS))
    view = ShopTermsForm("shop_1", "Bloom", versions=versions)
    assert all(one.since in drawn(view) for one in versions)


def rows(*labels: str) -> list[int]:
    drawn_rows = buttons(*(button(label, Press(Action.HELP), style=Style.OUTLINED) for label in labels), None)
    return [len(each["buttonList"]["buttons"]) for each in drawn_rows]


def test_break_rows_of_buttons_that_do_not_fit():
    """At most three in a row, fewer when their words are long."""
    assert rows("Add", "Copy", "Move", "Save") == [3, 1]
    assert rows("Manage people", "Manage shops", "Check sharing") == [2, 1]
    assert rows("Open this tab's settings", "Choose another profile") == [1, 1]
    assert rows() == []
