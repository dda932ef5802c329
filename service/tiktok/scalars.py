"""Single values of upstream's JSON → text, instants, truths, whole numbers and money. Never fails, never guesses.

Source for each rule: vendor API reference, "data formats", read 2026-10, and behaviour recorded from the live API.
What a field means is not known here; that is `wire`'s and `aftersales`' work.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal

from service.core.currencies import exponent, money
from service.core.orders import Money
from service.tiktok.answers import Scalar

#: From here on a number is milliseconds: in seconds it would be the year 5138. One documented field of seconds has
#: been seen in milliseconds.
MILLISECONDS_FROM = 100_000_000_000

#: The last second of the year 9999, where datetime ends.
LAST_SECOND = 253_402_300_799

#: A decimal amount as upstream writes it. Anything longer than 15 whole digits is no price.
_AMOUNT = re.compile(r"[+-]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def text(value: Scalar) -> str:
    """The value as text; absent is "". Ids stay digit by digit. NUL goes: databases refuse it in text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\x00", "")


def whole(value: Scalar) -> int | None:
    """A whole number from a number or digits in text; None when it is neither."""
    if isinstance(value, str):
        stripped = value.strip()
        return int(stripped) if _WHOLE.fullmatch(stripped) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < LAST_SECOND else None
    return None if value is None or isinstance(value, bool) else value


def instant(value: Scalar) -> datetime | None:
    """Unix seconds as an aware UTC datetime. Absent, 0 and negative all mean "not yet" or "not known": None."""
    seconds = whole(value)
    if seconds is None or seconds <= 0:
        return None
    if seconds >= MILLISECONDS_FROM:
        seconds //= 1000
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds <= LAST_SECOND else None


def flag(value: Scalar) -> bool:
    """True only for true, 1 and their texts; absent is False."""
    return text(value).strip().lower() in {"true", "1"}


def parse_amount(value: Scalar) -> Decimal | None:
    """Upstream's decimal text as a Decimal; None when it says nothing we could calculate with."""
    written = text(value).strip()
    return Decimal(written) if _AMOUNT.fullmatch(written) else None


def is_exact(amount: Decimal, currency: str) -> bool:
    """The currency can express this amount without rounding."""
    scaled = amount.scaleb(exponent(currency))
    return scaled == scaled.to_integral_value()


class Amounts:
    """Reads the amounts of one order and remembers the fields that could not be kept exactly.

    A finer amount than its currency knows is rounded and named, not refused: one odd cent must not keep an order out
    of the sheet, and it must not hide either.
    """

    def __init__(self) -> None:
        self.rounded: list[str] = []
        self.unreadable: list[str] = []

    def read(self, name: str, value: Scalar, *, currency: str) -> Money | None:
        """Money of field `name`. None: absent, without a currency, or unreadable."""
        if value is None or value == "" or not currency:
            return None
        amount = parse_amount(value)
        if amount is None:
            self.unreadable.append(name)
            return None
        if not is_exact(amount, currency):
            self.rounded.append(name)
        return money(str(amount), currency)
