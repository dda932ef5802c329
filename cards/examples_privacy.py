"""Examples of the cards about buyers' data."""

from collections.abc import Mapping

from cards.privacy import BuyerFound, BuyerOrder, ConfirmErase, Erased, LeftTab, LeftWhy, Privacy

ACCOUNT = "Glow Skin Ltd"
CHOICES = (0, 7, 30, 90)
EVERYTHING = (
    "name",
    "phone",
    "address",
    "city",
    "postcode",
    "buyer_email",
    "buyer_user_id",
    "buyer_message",
    "tax_id",
)
FULFILMENT = "Fulfilment – Glow Skin"
LEFT = (
    LeftTab("3PL pick & ship", FULFILMENT, 412, LeftWhy.SOON),
    LeftTab("Returns", "Returns desk", 18, LeftWhy.PAUSED),
    LeftTab("Labels", "Old fulfilment", 2_051, LeftWhy.LEAK),
    LeftTab("Labels archive", "Old fulfilment", 1, LeftWhy.REFUSED),
)
ORDERS = (
    BuyerOrder("576461413038785752", "Glow Skin UK", "Delivered", EVERYTHING),
    BuyerOrder("576461413038785901", "Glow Skin UK", "Completed", erased="14 Nov 2026"),
    BuyerOrder("576461413038786333", "Glow Skin US", "On hold"),
)

PRIVACY_EXAMPLES: Mapping[str, object] = {
    "privacy": Privacy(
        ACCOUNT,
        30,
        CHOICES,
        7,
        held=1_000,
        is_more=True,
        tabs=("3PL pick & ship", "Returns desk"),
        left=LEFT,
        may_see=True,
    ),
    "privacy-closed": Privacy(ACCOUNT, 7, CHOICES, 7, held=1),
    "privacy-error": Privacy(
        ACCOUNT,
        7,
        CHOICES,
        7,
        held=12,
        asked="Ana",
        asked_error="The role owner may not see buyers. Search by order number, or allow it under People, Set what"
        " roles see.",
    ),
    "buyer-found": BuyerFound("ana.petrova@mail.example", ORDERS, seen=1_284, total=1_284, may_see=True),
    "buyer-found-number": BuyerFound("576461413038785752", ORDERS[:1]),
    "buyer-found-more": BuyerFound(
        "Ana", ORDERS[:1], "shop_1/576461413038785752", seen=48_000, total=120_400, may_see=True
    ),
    "buyer-not-found": BuyerFound("nobody@mail.example", (), seen=1, total=1, may_see=True),
    "confirm-erase-buyer": ConfirmErase(tuple(each.order_id for each in ORDERS), ("3PL pick & ship", "Returns desk")),
    "erased": Erased(3, LEFT[:1]),
    "erased-clean": Erased(1),
}
