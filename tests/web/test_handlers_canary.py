"""Canaries: a unique value in every field of an order that somebody may not see, and no card ever shows it to them.

Which field is forbidden to whom is written by hand from the matrix of roles and groups, not derived from the code.
"""

import pytest
from core.made_orders import make_line, make_payment
from team import ROLES, crawl, plant

from service.core.orders import Clocks, Order, Recipient
from service.core.roles import Switch

ORDER_ID = "576499000000004711"

#: Group → field → its canary, as it would be read in a card.
CANARIES = {
    "PII": {
        "name": "Xantippe Canaryname",
        "phone": "+44 7700 987654",
        "address": "17 Canarystreet",
        "city": "Canaryville",
        "postcode": "CN9 9YX",
        "buyer_email": "xq7canary@relay.example",
        "buyer_user_id": "7494998877665544332",
        "buyer_message": "canary-message-for-the-seller",
        "tax_id": "canary-tax-8842",
    },
    "REVENUE": {
        "items_gross": "7,391.13",
        "seller_discount": "1,117.31",
        "platform_discount": "923.57",
        "items_net": "5,350.25",
        "ship_paid": "83.19",
        "tax": "611.47",
        "total": "6,044.91",
        "method": "canary-wallet",
    },
    "FULFIL": {"tracking": "canarytrack001", "provider": "Canary Carriers", "delivery_option": "Canary express"},
    "ITEM": {"product_name": "Canary product", "seller_sku": "CANARY-SKU-1", "sku_name": "Canary variant"},
    "NOTES_INTERNAL": {"tiktok_note": "canary-seller-note", "note": "canary-internal-note", "assignee": "canary-sam"},
    "ID": {"order_id": ORDER_ID, "line_id": "576499000000009901", "package": "1152990000000000777"},
}

#: Role → the groups it may never see with all switches off, and with all on.
FORBIDDEN = {
    "owner": ({"PII"}, set()),
    "admin": ({"PII"}, set()),
    "finance": ({"PII", "FULFIL"}, {"PII"}),
    "warehouse": ({"PII", "REVENUE", "NOTES_INTERNAL"}, {"REVENUE", "NOTES_INTERNAL"}),
    "support": ({"REVENUE"}, set()),
    "accountant": ({"PII", "FULFIL", "ITEM", "NOTES_INTERNAL"}, {"PII", "FULFIL", "NOTES_INTERNAL"}),
    "client": (set(CANARIES), {"PII", "NOTES_INTERNAL", "ID"}),
    "stranger": (set(CANARIES), set(CANARIES)),
}

#: What ends or changes something, and what repeats what was typed.
NOT_PRESSED = {
    "confirm-erase-buyer",
    "open-account", "confirm-disconnect-shop", "confirm-stop", "pause", "resume", "confirm-revoke", "change-role",
    "confirm-sign-out", "set-switch", "revoke-invitation", "send-invitation", "save-note", "clone-profile",
    "save-profile", "save-filter", "bind", "confirm-bind", "remove-column", "fix-writer", "approve-reader",
    "remove-reader",
    "connect-shop", "connect-status", "allow-file",
}  # fmt: skip


def made(shop_id, now):
    """One order with every canary in it."""
    pii, revenue, fulfil, item = (CANARIES[group] for group in ("PII", "REVENUE", "FULFIL", "ITEM"))
    amounts = {name: value.replace(",", "") for name, value in revenue.items() if name != "method"}
    payment = make_payment(**amounts)
    ids = CANARIES["ID"]
    line = make_line(1, price="7391.13", line_id=ids["line_id"], package_id=ids["package"], provider=fulfil["provider"],
                     tracking=fulfil["tracking"], **item)  # fmt: skip
    return Order(
        shop_id=shop_id,
        order_id=ORDER_ID,
        status="AWAITING_SHIPMENT",
        created_at=now,
        updated_at=now,
        fetched_at=now,
        lines=(line,),
        payment=type(payment)(**{**{f: getattr(payment, f) for f in payment.__struct_fields__},
                                 "method": revenue["method"]}),
        recipient=Recipient(**pii),
        clocks=Clocks(),
        order_type="NORMAL",
        region="GB",
        fulfilment_type="FULFILLMENT_BY_SELLER",
        shipping_type="SELLER",
        delivery_option=fulfil["delivery_option"],
        seller_note=CANARIES["NOTES_INTERNAL"]["tiktok_note"],
        package_ids=(ids["package"],),
    )  # fmt: skip


@pytest.fixture
def team(begin, product):
    """Everybody, a bound sheet, and one order full of canaries, with an internal note."""
    team = begin(*ROLES[1:], until="connected")
    plant(product, team.account_id, made(team.shops()[0].id, product.clock.market()))
    notes = CANARIES["NOTES_INTERNAL"]
    owner = team.bind().sidebar("owner").post("order", order_key=ORDER_ID)
    owner.press("Save note", form={"note": f"{notes['note']} {notes['assignee']}", "shared": None})
    assert owner.toast == "The note is saved"
    return team


def shown(team, role):
    """Action → raw replies, of everything this person can reach from home by pressing."""
    replies = {}
    for action, reply in crawl(team.sidebar(role), without=NOT_PRESSED):
        replies.setdefault(action, []).append(reply)
    sidebar = team.sidebar(role)
    for action, parameters in (("order", {"order_key": ORDER_ID}), ("orders", {"window": "today"})):
        sidebar.post(action, **parameters)
        replies.setdefault(action, []).append(str(sidebar.reply))
    return replies


@pytest.mark.parametrize("switches", ["off", "on"])
def test_no_card_shows_a_canary_to_who_may_not_see_it(team, switches):
    if switches == "on":
        team.switch(*Switch)
    leaks = []
    for role, (never_off, never_on) in FORBIDDEN.items():
        groups = never_off if switches == "off" else never_on
        replies = shown(team, role)
        leaks += [
            f"{role} sees {group}.{field} in {action}"
            for group in groups
            for field, canary in CANARIES[group].items()
            for action, texts in replies.items()
            if any(canary in text.replace(f'"order_key": "{ORDER_ID}"', "") for text in texts)
        ]
    assert leaks == []


def test_canaries_sing_where_they_may(team):
    """The crawl reaches the order: what a role may see is found, so that silence above means something."""
    team.switch(*Switch)
    heard = {role: str(shown(team, role)) for role in ("owner", "support", "warehouse", "accountant", "client")}
    for group, fields in CANARIES.items():
        assert all(canary in heard["owner"] for canary in fields.values()), group
    assert CANARIES["PII"]["name"] in heard["warehouse"]
    assert CANARIES["REVENUE"]["total"] in heard["accountant"]
    assert CANARIES["FULFIL"]["tracking"] in heard["client"]
    assert CANARIES["PII"]["phone"] in heard["support"]
