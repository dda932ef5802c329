"""Fields: one row of the policy data read field by field, each error naming the row and the field."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


class Fields:
    """A raw row and where it stands. Every reader raises ValueError for a missing or wrongly typed field."""

    def __init__(self, raw: Mapping[str, Any], place: str) -> None:
        self._raw = raw
        self._place = place
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be empty."""
        value = self._take(name, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(name, "a text")
        return value

    def word(self, name: str, words: Iterable[str]) -> str:
        """One of a closed list of words."""
        value = self.text(name)
        if value not in list(words):
            raise self.wrong(name, f"one of {', '.join(words)}")
        return value

    def words(self, name: str, default: Iterable[str]) -> tuple[str, ...]:
        """A list of texts; an empty text is a word too (upstream's "not stated")."""
        value = self._take(name, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, "a list of texts")
        return tuple(value)

    def number(self, name: str, default: int | None) -> int | None:
        """A whole number, or the default when absent."""
        value = self._take(name, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.wrong(name, "a whole number")
        return value

    def decimal(self, name: str, default: Decimal) -> Decimal:
        """An exact decimal, written as text; the default when absent. A bare number would have been rounded."""
        value = self._take(name, str(default))
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
            raise self.wrong(name, 'a decimal in quotes, such as "0.50"')
        return Decimal(value)

    def numbers(self, name: str, default: Iterable[int]) -> tuple[int, ...]:
        """A list of whole numbers."""
        value = self._take(name, list(default))
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise self.wrong(name, "a list of whole numbers")
        return tuple(value)

    def truth(self, name: str) -> bool:
        """True or false; false when absent."""
        value = self._take(name, default=False)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def day(self, name: str) -> date:
        """A calendar day."""
        value = self._take(name, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(name, "a day such as 2026-01-26")
        return value

    def clock(self, name: str) -> time:
        """A time of day."""
        value = self._take(name, None)
        if not isinstance(value, time):
            raise self.wrong(name, "a time such as 14:00:00")
        return value

    def done(self) -> None:
        """Raises unless every field of the row was read: a misspelt field is found, not ignored."""
        left = set(self._raw) - self._read
        if left:
            raise self.wrong(min(left), "left out, there is no such field")

    def wrong(self, name: str, should: str) -> ValueError:
        """The error to raise about a field."""
        return ValueError(f"{self._place}: {name} should be {should}")

    def _take(self, name: str, default: Any) -> Any:
        self._read.add(name)
        return self._raw.get(name, default)
