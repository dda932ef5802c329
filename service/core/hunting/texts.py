"""Texts as a hunt compares them: without case, accents, spaces and punctuation, so that no way of writing hides any.

A Needle is a forbidden value made so; a Hit is where one may begin. Which values are forbidden is not known here.
A Sieve holds the beginnings of all needles in a few megabytes, however many there are: what it lets through is compared
with the needles themselves afterwards.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Weight of the shortest text that is hunted for wherever it stands; letters of East Asia weigh two.
SHORTEST = 6
#: Text as long as this is found inside longer words too; what is shorter is found as whole words only.
LONG = 10
_GRAM, _WIDE_GRAM = 6, 3
#: A number of the phone plan is at most 15 digits (ITU-T E.164); the last nine tell it apart, however it is dialled.
_PHONE_MOST, _PHONE_KEPT = 15, 9

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d{6,}")
_PHONE = re.compile(r"\d(?:[\d().\-/\s\u2010-\u2015]*\d)?")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
ID_DIGITS = 15  # of a number that a spreadsheet keeps; the others become zeros
_LONGEST = 200  # letters of a needle


class Sort(StrEnum):
    """How a needle is looked for: as letters in a row, as a whole number, or as a number to call."""

    LETTERS = "letters"
    NUMBER = "number"
    ROUNDED = "rounded"  # a long number as a spreadsheet keeps it: its beginning
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Needle:
    """A value to look for. `text`: letters without anything between, or digits. `is_whole`: only as whole words."""

    sort: Sort
    text: str
    is_whole: bool = False

    @property
    def key(self) -> str:
        """What a hit of this needle has in common with it."""
        if self.sort is Sort.PHONE:
            return self.sort.value + self.text[-_PHONE_KEPT:]
        if self.sort is not Sort.LETTERS:
            return self.sort.value + self.text
        return self.text[: _WIDE_GRAM if _WIDE.match(self.text[:1]) else _GRAM]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a needle may stand: the letters from there on, and where words begin or end in them (counted from 0). Of a
    number to call, its digits.
    """

    key: str
    letters: str = ""
    begins_word: bool = True
    ends: frozenset[int] = frozenset()

    def is_of(self, needle: Needle) -> bool:
        """Whether it is this needle that stands there."""
        if needle.key != self.key:
            return False
        if needle.sort is Sort.PHONE:
            dialled, known = self.letters.lstrip("0"), needle.text.lstrip("0")
            return known.endswith(dialled) or dialled.endswith(known)  # without its country's code, or with one
        if needle.sort is not Sort.LETTERS:
            return True
        if not self.letters.startswith(needle.text):
            return False
        return not needle.is_whole or (self.begins_word and len(needle.text) in self.ends)


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text's letters and digits in a row. `starts`, `ends`: where its words begin and end in them."""

    letters: str
    starts: frozenset[int]
    ends: frozenset[int]


def folded(text: str) -> str:
    """The text without case and accents, and in one width."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
    return plain.replace("\u0131", "i")  # whose capital is that of i


@lru_cache(maxsize=4096)
def squeeze(text: str) -> Squeezed:
    """The text's letters and digits alone."""
    words = _WORD.findall(folded(text))
    ends, at = [], 0
    for word in words:
        at += len(word)
        ends.append(at)
    starts = [0, *ends[:-1]] if ends else []
    return Squeezed("".join(words), frozenset(starts), frozenset(ends))


def weight(letters: str) -> int:
    """How much a text tells: its letters, those of East Asia twice."""
    return len(letters) if letters.isascii() else len(letters) + len(_WIDE.findall(letters))


def word_count(text: str) -> int:
    """Words of the text."""
    return len(_WORD.findall(folded(text)))


# --- needles ---------------------------------------------------------------------------------------------------------


def letters_needle(text: str) -> Needle | None:
    """The needle of a text; None for one too short to be told from chance.

    Of a long one the beginning: whoever has that has it.
    """
    letters = squeeze(text).letters[:_LONGEST]
    is_wide = _WIDE.match(letters) is not None
    if weight(letters) < SHORTEST or len(letters) < (_WIDE_GRAM if is_wide else _GRAM):
        return None
    return Needle(Sort.LETTERS, letters, is_whole=len(letters) < LONG and not is_wide)  # no blanks in East Asia


def number_needle(text: str) -> Needle | None:
    """The needle of an id made of digits; None for any other."""
    return Needle(Sort.NUMBER, text) if text.isascii() and text.isdigit() and len(text) >= SHORTEST else None


def rounded_needle(text: str) -> Needle | None:
    """The needle of an id where a spreadsheet took it for a number; None for one that it keeps whole."""
    if not (text.isascii() and text.isdigit() and len(text) > ID_DIGITS):
        return None
    return Needle(Sort.ROUNDED, text[:ID_DIGITS])


def rounded_key(digits: str) -> str:
    """What a long number in a cell has in common with the needle of its id."""
    return Sort.ROUNDED.value + digits[:ID_DIGITS]


def phone_needle(text: str) -> Needle | None:
    """The needle of a number to call, found with and without its country's code; None for what is too short."""
    digits = "".join(letter for letter in folded(text) if letter.isdigit())
    return Needle(Sort.PHONE, digits) if SHORTEST <= len(digits) <= _PHONE_MOST else None


# --- the sieve -------------------------------------------------------------------------------------------------------


class Sieve:
    """The beginnings of many needles. What it does not let through is none of them; of what it lets through, about one
    in five hundred is none either.
    """

    BITS_PER_NEEDLE = 32
    FEWEST_BITS = 1 << 13

    def __init__(self, expected: int) -> None:
        """`expected`: how many needles will be added, about."""
        size = self.FEWEST_BITS
        while size < expected * self.BITS_PER_NEEDLE:
            size <<= 1
        self._bits = bytearray(size >> 3)
        self._mask = size - 1
        self.has_wide = False

    def add(self, needle: Needle) -> None:
        """The needle's beginning is let through from now on."""
        self.has_wide |= needle.sort is Sort.LETTERS and len(needle.key) == _WIDE_GRAM
        for place in self._places(needle.key):
            self._bits[place >> 3] |= 1 << (place & 7)

    def lets_through(self, key: str) -> bool:
        """Whether a needle with this key may have been added."""
        bits, mask = self._bits, self._mask
        number = hash(key)
        place = number & mask
        if not bits[place >> 3] & (1 << (place & 7)):
            return False
        place = (number >> 31) & mask
        return bool(bits[place >> 3] & (1 << (place & 7)))

    def _places(self, key: str) -> tuple[int, int]:
        number = hash(key)
        return number & self._mask, (number >> 31) & self._mask


def hits(text: str, sieve: Sieve) -> Iterator[Hit]:
    """Every place of the text where a needle of the sieve may stand."""
    if len(text) < _WIDE_GRAM:
        return
    yield from _hits_of_letters(squeeze(text), sieve)
    if any(map(str.isdigit, text)):
        yield from _hits_of_digits(text, sieve)


def _hits_of_letters(found: Squeezed, sieve: Sieve) -> Iterator[Hit]:
    letters = found.letters
    passes = sieve.lets_through
    for at in range(len(letters) - _GRAM + 1):
        key = letters[at : at + _GRAM]
        if passes(key):
            yield _hit(key, found, at)
    if sieve.has_wide and not letters.isascii():
        for match in _WIDE.finditer(letters):
            key = letters[match.start() : match.start() + _WIDE_GRAM]
            if len(key) == _WIDE_GRAM and passes(key):
                yield _hit(key, found, match.start())


def _hit(key: str, found: Squeezed, at: int) -> Hit:
    ends = frozenset(end - at for end in found.ends if at < end <= at + _LONGEST)
    return Hit(key, found.letters[at : at + _LONGEST], at in found.starts, ends)


def _hits_of_digits(text: str, sieve: Sieve) -> Iterator[Hit]:
    plain = folded(text)
    for match in _DIGITS.finditer(plain):
        key = Sort.NUMBER.value + match[0]
        if sieve.lets_through(key):
            yield Hit(key)
    for digits in {run for match in _PHONE.finditer(plain) for run in _dialled(match[0])}:
        if SHORTEST <= len(digits) <= _PHONE_MOST:
            key = Sort.PHONE.value + digits[-_PHONE_KEPT:]
            if sieve.lets_through(key):
                yield Hit(key, digits)


def _dialled(run: str) -> Iterator[str]:
    """The digits of a run that may be one number: of all its parts, and of any that follow each other."""
    parts = ["".join(filter(str.isdigit, part)) for part in run.split()]
    for first in range(len(parts)):
        digits = ""
        for part in parts[first:]:
            digits += part
            if len(digits) > _PHONE_MOST:
                break
            yield digits
