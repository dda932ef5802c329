"""The hunt of `house/canary` for thousands of values at once: only those of which a piece is there are looked at."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from house.canary import Canary, plain

NUMBER = re.compile(r"[\d.,:]+")
DIGITS = re.compile(r"\d+")
#: The end of a word with the digits that follow it.
NUMBERED = re.compile(r"[a-z]{2}\d+")


@dataclass(frozen=True)
class Planted:
    """A canary and whose it is. `account` "" = nobody's to see; `order_id` "" = of no order."""

    canary: Canary
    account: str = ""
    shop: str = ""
    order_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.canary.name} ({self.account or 'nobody'}, {self.shop or 'no'} shop)"


class Hunter:
    """Finds exactly what `Canary.is_in` finds, sooner.

    A number is a find only when it stands alone, so that each run of digits of it is a run of digits of the text, and a
    word with a number only when no more digits follow.
    """

    def __init__(self, planted: Iterable[Planted]) -> None:
        self.all = frozenset(planted)
        self._by_digits: dict[str, set[Planted]] = defaultdict(set)
        self._by_word: dict[str, set[Planted]] = defaultdict(set)
        self._by_form: dict[str, set[Planted]] = defaultdict(set)
        for one in self.all:
            for form in map(str.lower, one.canary.forms):
                if NUMBER.fullmatch(form):
                    self._by_digits[max(DIGITS.findall(form), key=len)].add(one)
                elif word := NUMBERED.search(form):
                    self._by_word[word[0]].add(one)
                else:
                    self._by_form[form].add(one)

    def find(self, raw: str) -> list[Planted]:
        """Whatever stands in the text."""
        text = plain(raw)
        near = {one for run in set(DIGITS.findall(text)) & self._by_digits.keys() for one in self._by_digits[run]}
        near |= {one for word in set(NUMBERED.findall(text)) & self._by_word.keys() for one in self._by_word[word]}
        near |= {one for form, some in self._by_form.items() if form in text for one in some}
        return sorted((one for one in near if one.canary.is_in(text)), key=lambda one: one.name)
