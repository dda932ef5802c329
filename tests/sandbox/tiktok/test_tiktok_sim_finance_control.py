"""The tester's side of finance, and what its page says."""

import pytest

from service.sandbox.tiktok import HELP, MANUAL, NOT_IMITATED
from service.sandbox.tiktok.finance_traits import EXPLAINED, Traits

DAY_S = 86_400


def test_every_trait_is_explained_and_named_on_the_page():
    assert list(EXPLAINED) == list(Traits.__struct_fields__)
    assert all(name in MANUAL["POST finance/traits"] for name in EXPLAINED)


def test_page_no_longer_says_that_finance_is_missing_and_says_what_of_it_is():
    said = [sentence for sentence in NOT_IMITATED if "inance" in sentence]
    assert len(said) >= 3
    assert not any(sentence.startswith("Finance: statements") for sentence in said)
    assert {"statement_late_s", "payout_failed"} <= set(HELP)


def test_what_is_coming_is_listed_until_it_is_settled(control, market):
    control("POST", "finance/adjustments", {"type": "Bill payment", "amount_minor": -50})
    shown = control("GET", f"finance?shop_id={market.world.default_shop().id}")
    assert [(one["kind"], one["type"]) for one in shown["coming"]] == [("ADJUSTMENT", "Bill payment")]
    assert (shown["statements"], shown["closed_at"] % DAY_S) == (0, 0)
    market.advance(DAY_S)
    after = control("GET", "finance")
    assert (after["coming"], after["statements"], after["lines"]) == ([], 1, 1)


def test_traits_are_kept_together_and_a_settled_order_takes_no_more(control, market):
    order = market.place_orders(1, status="DELIVERED", kind="NORMAL")[0]
    order.next_step = ""
    control("POST", "finance/traits", {"order_id": order.id, "traits": {"affiliate_bp": 1234, "is_fast": False}})
    shown = control("POST", "finance/traits", {"order_id": order.id, "traits": {"unknown": "tax"}})["traits"]
    assert (shown["affiliate_bp"], shown["unknown"]) == (1234, "tax")
    market.advance(10 * DAY_S)
    answer = market.control_app.test_client().post("/finance/traits", json={"order_id": order.id, "traits": {}})
    assert answer.status_code == 400
    assert "settled" in answer.get_json()["error"]


def test_wrong_traits_are_refused_and_leave_nothing_behind(control, market):
    order = market.place_orders(1)[0]
    client = market.control_app.test_client()
    for traits in ({"unknown": "weather"}, {"colour": "green"}, {"affiliate_bp": "a lot"}):
        assert client.post("/finance/traits", json={"order_id": order.id, "traits": traits}).status_code == 400
    assert order.id not in market.world.state.finance.traits


def test_units_are_given_back_once(control, market):
    order = market.place_orders(1, status="DELIVERED", kind="NORMAL")[0]
    client = market.control_app.test_client()
    control("POST", "finance/refunds", {"order_id": order.id})
    again = client.post("/finance/refunds", json={"order_id": order.id})
    assert (again.status_code, again.get_json()["error"].split(": ")[1]) == (400, "0 left.")
    fresh = market.place_orders(1)[0]
    assert client.post("/finance/refunds", json={"order_id": fresh.id}).status_code == 400


def test_quarter_is_made_of_one_sellers_shops_in_every_market(control, market):
    made = control("POST", "finance/quarter", {"orders": 60, "days": 60})
    shops = [market.world.state.shops[shop_id] for shop_id in made["shop_ids"]]
    assert [shop.region for shop in shops] == ["GB", "US", "VN"]
    assert {shop.seller_id for shop in shops} == {"bloom-and-thread"}
    assert control("GET", "finance")["statements"] > 10
    assert "sent" not in market.calls.show()["webhooks"]
    again = control("POST", "finance/quarter", {"orders": 3})
    assert again["shop_ids"] == made["shop_ids"]


WRONG = [
    ("finance/adjustments", {"type": "REBATE"}, 400),
    ("finance/adjustments", {"type": "REBATE", "amount_minor": 1.5}, 400),
    ("finance/adjustments", {"type": "REBATE", "amount_minor": 1, "order_id": "1"}, 404),
    ("finance/adjustments", {"type": "REBATE", "amount_minor": 1, "shop_id": "1"}, 404),
    ("finance/traits", {"order_id": "1", "traits": {}}, 404),
    ("finance/payout", {"currency": "GOLD", "rate_millionths": 1}, 400),
    ("finance/payout", {"currency": "USD", "rate_millionths": 0}, 400),
    ("finance/quarter", {"orders": 0}, 400),
    ("finance/quarter", {"days": 1000}, 400),
    ("finance/quarter", {"seller_id": "nobody"}, 404),
]


@pytest.mark.parametrize(("path", "body", "status"), WRONG)
def test_mistakes_are_answered_with_a_sentence(market, path, body, status):
    answer = market.control_app.test_client().post(f"/{path}", json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"]
