"""What an order is found by: its item codes and tracking numbers, from the start of each word, and the ends of numbers.

A term belongs to a column: who may see the column may search by the term, and nobody else. Nothing personal is a term.
How terms are kept and looked up stands in `store.terms` and `store.listings`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.core.ledger.costs import bundles_of
from service.core.orders import Order

LONGEST = 64  # characters of a term; what is longer is found by its beginning
MOST_WORDS = 6  # words of one code from which it can be found

_WORD = re.compile(r"(?<![^\W_])[^\W_]{2}")  # where one begins; single letters find too much to be worth keeping


class TermKind(StrEnum):
    """What a term is of. PART_SKU: what a bundle in the order is packed from.

    The last two are kept back to front: an end is then a beginning, which an index serves.
    """

    SELLER_SKU = "seller_sku"
    SKU_ID = "sku_id"
    PART_SKU = "part_sku"
    TRACKING = "tracking"
    TRACKING_END = "tracking_end"
    ORDER_END = "order_end"


BACKWARD = frozenset({TermKind.TRACKING_END, TermKind.ORDER_END})

#: The column that a term tells about. The end of an order's number is told by its masked form too.
COLUMN: Mapping[TermKind, str] = {
    TermKind.SELLER_SKU: "seller_sku",
    TermKind.SKU_ID: "sku_id",
    TermKind.PART_SKU: "sku_id",
    TermKind.TRACKING: "tracking",
    TermKind.TRACKING_END: "tracking",
    TermKind.ORDER_END: "order_ref",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the index, normalised."""

    kind: TermKind
    text: str


@dataclass(frozen=True, slots=True)
class Find:
    """Orders with a term of any of these kinds that begins with `prefix`."""

    kinds: frozenset[TermKind]
    prefix: str


def terms_of(order: Order) -> frozenset[Term]:
    """Everything this order is found by, but for its whole number, which is a key."""
    found = {Term(TermKind.ORDER_END, normalised(order.order_id)[::-1])}
    for line in order.lines:
        found |= {Term(TermKind.SELLER_SKU, text) for text in _words(normalised(line.seller_sku))}
        found.add(Term(TermKind.SKU_ID, normalised(line.sku_id)))
    for parts in bundles_of(order).values():
        found |= {Term(TermKind.PART_SKU, normalised(part.sku_id)) for part in parts}
    for number in {order.tracking, *(line.tracking for line in order.lines)}:
        found |= {
            Term(TermKind.TRACKING, normalised(number)),
            Term(TermKind.TRACKING_END, normalised(number)[::-1]),
        }
    return frozenset(Term(term.kind, term.text[:LONGEST]) for term in found if term.text)


def finds_for(text: str, kinds: Collection[TermKind]) -> tuple[Find, ...]:
    """What to look for when a person types this, searching by these kinds; nothing for nothing."""
    typed = normalised(text)
    forward, backward = frozenset(kinds) - BACKWARD, frozenset(kinds) & BACKWARD
    both = (Find(forward, typed[:LONGEST]), Find(backward, typed[::-1][:LONGEST]))
    return tuple(find for find in both if find.kinds and find.prefix)


def normalised(text: str) -> str:
    """The same for every way of writing it: case and width of letters do not matter."""
    kept = text.encode(errors="ignore").decode().replace("\0", "")  # what no database keeps as text
    return unicodedata.normalize("NFKC", kept).casefold().strip()


def _words(code: str) -> Iterable[str]:
    """The code, and what is left of it from each word on: "vase-cel" is found by "cel" too."""
    starts = [match.start() for match in _WORD.finditer(code)][:MOST_WORDS]
    return {code, *(code[start:] for start in starts)}
