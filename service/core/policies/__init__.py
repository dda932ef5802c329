"""Rules as data: time zones and working weeks of markets, deadlines where upstream names none, fees, taxes,
tracking pages.

The `.toml` files beside this module are the data; `app` reads them and `parse_policies` checks them. Every deadline has
the day it took effect and its source, so that an order is judged by the rule of its own day. No number stands in code.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from service.core.calendars import MOST_DAYS, Calendar
from service.core.policies.fees import FeeRule, parse_fee
from service.core.policies.fields import Fields
from service.core.policies.taxes import TaxRule, parse_tax
from service.core.zones import zone

ANY_MARKET = "*"


class Deadline(StrEnum):
    """What a rule sets the latest moment for. The two auto-cancels end with different steps."""

    UPLOAD = "upload"
    SCAN = "scan"
    CANCEL_UNLESS_ARRANGED = "cancel-unless-arranged"
    CANCEL_UNLESS_COLLECTED = "cancel-unless-collected"
    DELIVER = "deliver"
    ANSWER = "answer"


class Since(StrEnum):
    """What a rule counts from: the order's creation, a pre-order's release, the dispatch deadline, the request."""

    ORDER = "order"
    RELEASE = "release"
    DISPATCH = "dispatch"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Market:
    """A country TikTok sells in. `time_zone` is the platform's there; `seller_center` may be empty (not known)."""

    code: str
    name: str
    time_zone: str
    currency: str
    calendar: Calendar
    seller_center: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline of one market, from `effective_from` up to but not including `effective_to`.

    Either `hours` after the moment counted from, or the end (23:59:59 local) of the business day `business_days` later,
    `handling` adding the order's own handling days, and one day more when the moment lies at or after `cut_off`.
    `order_types`: none = every type. `shipping`: empty = both.
    """

    market: str
    deadline: Deadline
    since: Since
    effective_from: date
    effective_to: date | None
    order_types: frozenset[str]
    shipping: str
    hours: int | None
    business_days: int
    handling: bool
    cut_off: time | None
    source: str
    certainty: str

    def covers(self, *, market: str, order_type: str, shipping: str, day: date) -> bool:
        """Whether the rule speaks about an order of this sort created on the local `day`."""
        return (
            self.market in (market, ANY_MARKET)
            and (not self.order_types or order_type in self.order_types)
            and self.shipping in ("", shipping)
            and self.effective_from <= day
            and (self.effective_to is None or day < self.effective_to)
        )


@dataclass(frozen=True, slots=True)
class Policies:
    """All dated rules. Empty Policies are allowed: then only upstream's own deadlines count."""

    markets: Mapping[str, Market]
    rules: tuple[Rule, ...]
    tracking_urls: Mapping[str, str] = field(default_factory=dict)
    fees: tuple[FeeRule, ...] = ()
    taxes: tuple[TaxRule, ...] = ()

    def market(self, code: str) -> Market | None:
        """The market of a region code, None for one we know nothing of."""
        return self.markets.get(code.upper())

    def tracking_url(self, carrier: str, number: str) -> str | None:
        """The carrier's own public page of a parcel; None for a carrier whose page is not known."""
        template = self.tracking_urls.get(_plain_name(carrier))
        return template.format(number=quote(number, safe="")) if template and number else None

    def rule(self, deadline: Deadline, *, market: str, order_type: str, shipping: str, day: date) -> Rule | None:
        """The rule in force for such an order: a market's own before one for all, the latest before an older one."""
        fitting = [
            rule
            for rule in self.rules
            if rule.deadline is deadline
            and rule.covers(market=market, order_type=order_type, shipping=shipping, day=day)
        ]
        return max(fitting, key=lambda rule: (rule.market != ANY_MARKET, rule.effective_from), default=None)

    def fee_rules(self, *, market: str, shipping: str, day: date) -> tuple[FeeRule, ...]:
        """The fees in force for such an order: of each field the rule that started last. None for an unknown market."""
        found: dict[str, FeeRule] = {}
        for rule in sorted(self.fees, key=lambda rule: rule.effective_from):
            if rule.covers(market=market.upper(), shipping=shipping, day=day):
                found[rule.field] = rule
        return tuple(found[name] for name in sorted(found))

    def tax_rule(self, *, market: str, day: date) -> TaxRule | None:
        """The tax in prices of the market that day; None where its sellers owe none of it themselves."""
        started = [one for one in self.taxes if one.market == market.upper() and one.effective_from <= day]
        return max(started, key=lambda one: one.effective_from, default=None)


NO_POLICIES = Policies({}, ())


def parse_policies(documents: Iterable[Mapping[str, Any]]) -> Policies:
    """Policies from parsed TOML documents, in any order. ValueError names the row that is wrong."""
    markets: dict[str, Market] = {}
    rules: list[Rule] = []
    tracking_urls: dict[str, str] = {}
    fees: list[FeeRule] = []
    taxes: list[TaxRule] = []
    for document in documents:
        unknown = set(document) - {"market", "rule", "carrier", "fee", "tax"}
        if unknown:
            raise ValueError(f"unknown table {min(unknown)!r}")
        for raw in document.get("market", ()):
            market = _market(Fields(raw, f"market {raw.get('code')!r}"))
            if market.code in markets:
                raise ValueError(f"market {market.code!r}: stated twice")
            markets[market.code] = market
        rules.extend(_rule(fields) for fields in _rows(document, "rule"))
        for raw in document.get("carrier", ()):
            tracking_urls.update(_carrier(Fields(raw, f"carrier {raw.get('names')}")))
        fees.extend(parse_fee(fields) for fields in _rows(document, "fee"))
        taxes.extend(parse_tax(fields) for fields in _rows(document, "tax"))
    for table, named in (("rule", rules), ("fee", fees), ("tax", taxes)):
        unknown = {one.market for one in named} - {*markets, ANY_MARKET}
        if unknown:
            raise ValueError(f"{table} of {min(unknown)}: there is no such market")
    return Policies(markets, tuple(rules), tracking_urls, tuple(fees), tuple(taxes))


def _rows(document: Mapping[str, Any], table: str) -> list[Fields]:
    """The rows of one table, each by its place and market."""
    numbered = enumerate(document.get(table, ()), 1)
    return [Fields(raw, f"{table} {number} ({raw.get('market')})") for number, raw in numbered]


def _plain_name(carrier: str) -> str:
    """A carrier's name without what spellings differ by: case, blanks and `_-.`."""
    return re.sub(r"[\s_.-]+", "", carrier).lower()


def _carrier(fields: Fields) -> dict[str, str]:
    """Plain name → address template of one carrier."""
    template = fields.text("tracking_url")
    if not template.startswith("https://") or template.count("{number}") != 1 or template.count("{") != 1:
        raise fields.wrong("tracking_url", "an https address with {number} in it")
    names = {_plain_name(name): template for name in fields.words("names", ())}
    fields.done()
    return names


def _market(fields: Fields) -> Market:
    market = Market(
        code=fields.text("code"),
        name=fields.text("name"),
        time_zone=fields.text("time_zone"),
        currency=fields.text("currency"),
        calendar=Calendar(
            country=fields.text("holidays", ""),
            subdivision=fields.text("subdivision", ""),
            weekend=frozenset(fields.numbers("weekend", (6, 7))),
        ),
        seller_center=fields.text("seller_center", ""),
    )
    zone(market.time_zone)
    if not market.calendar.weekend < set(range(1, 8)):
        raise fields.wrong("weekend", "ISO weekdays, at least one of the week left")
    if market.seller_center and not market.seller_center.startswith("https://"):
        raise fields.wrong("seller_center", "an https address")
    fields.done()
    return market


def _rule(fields: Fields) -> Rule:
    hours = fields.number("hours", None)
    rule = Rule(
        market=fields.text("market"),
        deadline=Deadline(fields.word("deadline", Deadline)),
        since=Since(fields.word("since", Since)),
        effective_from=fields.day("effective_from"),
        effective_to=fields.day("effective_to") if "effective_to" in fields else None,
        order_types=frozenset(fields.words("order_types", ())),
        shipping=fields.text("shipping", ""),
        hours=hours,
        business_days=fields.number("business_days", 0 if hours is not None else None) or 0,
        handling=fields.truth("handling"),
        cut_off=fields.clock("cut_off") if "cut_off" in fields else None,
        source=fields.text("source"),
        certainty=fields.text("certainty"),
    )
    if "business_days" not in fields and hours is None:
        raise fields.wrong("business_days", "given, or hours instead")
    if "business_days" in fields and hours is not None:
        raise fields.wrong("hours", "left out where business_days is given")
    if not 0 <= rule.business_days <= MOST_DAYS or (hours is not None and hours <= 0):
        raise fields.wrong("business_days", f"0 to {MOST_DAYS}")
    if rule.effective_to is not None and rule.effective_to <= rule.effective_from:
        raise fields.wrong("effective_to", "after effective_from")
    if not rule.source or rule.certainty not in {"A", "B", "C", "D"}:
        raise fields.wrong("certainty", "A, B, C or D, with a source")
    fields.done()
    return rule
