"""What of an order an audience must not see: needles to find wherever they stand, and values to find beside its key.

Wherever it stands: what names a person, an order or a parcel, and longer notes. Beside the order's key only: figures,
and texts that others share by chance (a town, one common word). A masked value ("J*** D***") tells nobody anything.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from service.core import zones
from service.core.columns import COLUMNS
from service.core.columns.record import Column
from service.core.currencies import amount, exponent
from service.core.hunting.texts import (
    LONG,
    SHORTEST,
    Needle,
    letters_needle,
    number_needle,
    phone_needle,
    rounded_needle,
    squeeze,
    weight,
    word_count,
)
from service.core.kinds import KindId
from service.core.orders import Money, Order, Recipient
from service.core.profiles import may_see
from service.core.roles import Audience, Group
from service.core.rows import NoteSet, RowSource

#: Letters from which a free text (a message, a note) is told from chance.
LONG_TEXT = 20
LONG_NOTE = 12
SHORTEST_IN_ROW = 3

_HOME = {"flat", "apt", "apartment", "unit", "suite", "room", "floor", "block", "building", "house", "level"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Secret:
    """A forbidden value of a column, to be found wherever it stands."""

    column: str
    needle: Needle


def secrets_of(order: Order, notes: NoteSet, audience: Audience) -> list[Secret]:
    """What of this order names somebody or something that the audience must not see."""
    found: list[Secret] = []
    if not may_see("recipient", audience):
        found += _of_person(order.recipient)
    if not may_see("order_id", audience):
        ids = (order.order_id, *(line.line_id for line in order.lines), *order.package_ids)
        ids += tuple(line.package_id for line in order.lines)
        for text in dict.fromkeys(ids):
            found += _secrets(_id_column(order, text), [number_needle(text)])
        found += _secrets("order_id", [rounded_needle(order.order_id)])
    if not may_see("tracking", audience):
        numbers = dict.fromkeys((order.tracking, *(line.tracking for line in order.lines)))
        found += _secrets("tracking", (letters_needle(number) for number in numbers if number))
    found += _secrets_of_notes(order, notes, audience)
    return found


def _secrets(column: str, needles: Iterable[Needle | None]) -> list[Secret]:
    return [Secret(column, needle) for needle in needles if needle is not None]


def _id_column(order: Order, text: str) -> str:
    if text == order.order_id:
        return "order_id"
    return "line_ids" if any(line.line_id == text for line in order.lines) else "package_id"


def _of_person(buyer: Recipient) -> list[Secret]:
    shown = {name: text for name in Recipient.__struct_fields__ if "*" not in (text := getattr(buyer, name))}
    found: list[Secret] = []
    if (name := shown.get("name")) and (word_count(name) > 1 or weight(squeeze(name).letters) > len(name)):
        found += _secrets("recipient", [letters_needle(name), letters_needle(_turned(name))])
    found += _secrets("phone", [phone_needle(shown.get("phone", ""))])
    found += _secrets("address", map(letters_needle, _addresses(shown.get("address", ""), shown.get("city", ""))))
    postcode = shown.get("postcode", "")
    if re.search(r"\d", postcode) and re.search(r"[^\W\d_]", postcode):  # digits alone are anybody's number
        found += _secrets("postcode", [letters_needle(postcode)])
    email = shown.get("buyer_email", "")
    local = email.partition("@")[0]
    found += _secrets("buyer_email", [letters_needle(email), letters_needle(local) if len(local) >= LONG else None])
    found += _secrets("buyer_user_id", [number_needle(shown.get("buyer_user_id", ""))])
    found += _secrets("buyer_message", _long(shown.get("buyer_message", ""), LONG_TEXT))
    tax_id = shown.get("tax_id", "")
    found += _secrets("tax_id", [number_needle(squeeze(tax_id).letters), letters_needle(tax_id)])
    return list(dict.fromkeys(found))


def _turned(name: str) -> str:
    """The last name first, as lists have it."""
    first, _, last = name.rpartition(" ")
    return f"{last} {first}"


def _long(text: str, least: int) -> list[Needle | None]:
    return [letters_needle(text)] if weight(squeeze(text).letters) >= least else []


def _addresses(address: str, city: str) -> Iterator[str]:
    """The whole address, what stands before its town, and each part that names a street and a house."""
    parts = [part.strip() for part in re.split(r"[,\n;]", address) if part.strip()]
    if parts:
        yield address
    towns = {squeeze(city).letters} - {""}
    street = []
    for part in parts:
        if squeeze(part).letters in towns:
            break
        street.append(part)
    if street and len(street) < len(parts) and weight(squeeze(" ".join(street)).letters) >= LONG:
        yield " ".join(street)
    yield from (part for part in parts if _is_street(part))


def _is_street(part: str) -> bool:
    words = [word for word in re.findall(r"[^\W_]+", part.casefold()) if word not in _HOME]
    has_number = any(re.search(r"\d", word) for word in words)
    has_name = any(len(word) > 2 and not re.search(r"\d", word) for word in words)
    return has_number and has_name and weight("".join(words)) >= SHORTEST


def _secrets_of_notes(order: Order, notes: NoteSet, audience: Audience) -> list[Secret]:
    found: list[Secret] = []
    if not may_see("tiktok_note", audience):
        found += _secrets("tiktok_note", _note(order.seller_note))
    if not may_see("note", audience) or (not notes.shared and not audience.may_see(Group.NOTES_INTERNAL)):
        found += _secrets("note", _note(notes.note))
        for number, custom in enumerate(notes.customs, 1):
            found += _secrets(f"custom_{number}", _note(custom))
    return found


def _note(text: str) -> list[Needle | None]:
    return _long(text, LONG_NOTE) if word_count(text) > 1 else []


# --- beside the key --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """What must not stand in the rows of an order. `amounts`: column, value (money in major units, an instant as the
    sheet's serial number), decimals. `texts`: column, letters, and whether they must be all of a cell.
    """

    rows: Sequence[RowSource]
    seen: Sequence[Column]
    where: tzinfo
    amounts: tuple[tuple[str, Decimal, int], ...] = ()
    texts: tuple[tuple[str, str, bool], ...] = ()

    @property
    def order_id(self) -> str:
        return self.rows[0].order.order_id

    @cached_property
    def known(self) -> frozenset[object]:
        """What the audience may see of the order: where it says the same, nothing is told."""
        return frozenset(_plain(value, self.where) for _, value in _values(self.seen, self.rows))


class Rowed:
    """Makes `Beside` of orders: which columns are forbidden, and which may be seen, is worked out once. `where`: the
    spreadsheet's zone.
    """

    def __init__(self, audience: Audience, *, where: tzinfo) -> None:
        self._where = where
        self._is_inside = audience.may_see(Group.NOTES_INTERNAL)
        self._shut = [column for key, column in COLUMNS.items() if not may_see(key, audience)]
        self._seen = [column for key, column in COLUMNS.items() if may_see(key, audience)]
        self._internal = [column for column in self._seen if column.is_internal]

    def beside(self, rows: Sequence[RowSource]) -> Beside:
        """What must not stand beside the key of the order whose rows, of every grain, these are."""
        shut, seen = self._shut, self._seen
        if self._internal and not self._is_inside and not rows[0].notes.shared:
            shut = [*shut, *self._internal]
            seen = [column for column in seen if not column.is_internal]
        amounts: list[tuple[str, Decimal, int]] = []
        texts: list[tuple[str, str, bool]] = []
        for column, value in _values(shut, rows):
            plain = _plain(value, self._where)
            if isinstance(plain, Decimal):
                amounts.append((column.key, plain, exponent(value.currency) if isinstance(value, Money) else 0))
            elif isinstance(value, str) and (text := _text(column.key, value)):
                texts.append(text)
        return Beside(rows, seen, self._where, _each_once(amounts), _each_once(texts))


def _each_once(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def _values(columns: Iterable[Column], rows: Sequence[RowSource]) -> Iterator[tuple[Column, object]]:
    """What the rows of the order show in these columns, but yes and no, which is anybody's."""
    for column in columns:
        for row in rows:
            if row.grain in column.grains:
                value = column.reader_at(row.grain)(row)
                if value is not None and value != "" and not isinstance(value, bool):
                    yield column, value


def _plain(value: object, where: tzinfo) -> object:
    """A value as it is compared: amounts and instants as a sheet's numbers, texts as letters."""
    if isinstance(value, Money):
        return abs(amount(value))
    if isinstance(value, datetime):
        return Decimal(zones.serial_text(value, where))
    return squeeze(value).letters if isinstance(value, str) else value


def is_known(beside: Beside, value: object) -> bool:
    """Whether the audience may see this very value in another column of the order."""
    return value in beside.known


def _text(key: str, value: str) -> tuple[str, str, bool] | None:
    letters = squeeze(value).letters
    if "*" in value or weight(letters) < SHORTEST_IN_ROW or COLUMNS[key].kind.kind_id in {KindId.ENUM, KindId.URL}:
        return None
    return key, letters, weight(letters) < SHORTEST


def is_in_row(text: str, letters: str, *, is_all: bool) -> bool:
    """Whether a cell's text is these letters, or, unless they must be all of it, holds them as whole words."""
    found = squeeze(text)
    if is_all:
        return found.letters == letters
    at = found.letters.find(letters)
    while at >= 0:
        if at in found.starts and at + len(letters) in found.ends:
            return True
        at = found.letters.find(letters, at + 1)
    return False
