"""A TikTok Shop to develop against: authorization, API, webhooks, and a tester's side to play the market.

Written from the vendor's documentation and observed answers; it shares no code with the product's client. This is the
door: everything else in the folder is its inside.
"""

from service.sandbox.tiktok.control import MANUAL
from service.sandbox.tiktok.faults import HELP
from service.sandbox.tiktok.market import Market, create_market

__all__ = ["HELP", "MANUAL", "NOT_IMITATED", "Market", "create_market"]

NOT_IMITATED: tuple[str, ...] = (
    "Products, stock, promotions, customer service and affiliate endpoints.",
    "Finance before the versions of 2025 and the payments of 202605; invoices, currencies of cross-border shops.",
    "Finance of planted values: it follows the order as it was made, whatever an override or an edit shows.",
    "Finance of replacements, exchanges, storage at the platform and cash-on-delivery fees; most promotion programmes.",
    "What a market lacks (payments in VN, withdrawals in GB and US) is refused with 22005007, the simulator's choice.",
    "Rates, days until settlement, thresholds and shares of the finance desk are near the published ones, no more.",
    "Shipping labels, pickup slots, split, combine, and platform shipping beyond masked addresses.",
    "Cancelling part of an order, and creating, approving or rejecting a return.",
    "Markets other than GB, US and VN; cross-border shops; public holidays in deadlines.",
    "The search lags for new orders only; a changed order is found under its new time at once.",
    "A page token does not expire, and a search may page as deep as it likes.",
    "An old access token stays valid after a refresh, until it expires.",
    "Where the vendor documents no HTTP status, order of checks or message, the simulator chose one.",
    "Notices that wait when the simulator ends are lost; TLS and the vendor's address rules are relaxed for loopback.",
    "Brazilian, Japanese and Indonesian fields, and the 2026 aftersales and RMA model.",
)
