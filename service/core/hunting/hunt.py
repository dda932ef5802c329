"""A hunt through one spreadsheet: texts and rows go in, in any order and in many sittings; findings come out.

What may be a forbidden value is only noted at first, and named once the orders' own values were compared with it
(`settle`); nothing that was read outlives that. `to_json` holds findings and counts, never a value.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.core.hunting import headings
from service.core.hunting.amounts import Figure, Scale, figures, is_amount
from service.core.hunting.forbidden import Beside, Secret, is_in_row, is_known
from service.core.hunting.places import Finding, Hidden, Part, Place, Sign, a1_of, hint_of, ref_of
from service.core.hunting.texts import ID_DIGITS, Hit, Sieve, hits, rounded_key, squeeze
from service.core.inference import told_by
from service.core.roles import Audience

HEADING_ROWS = 20  # of a tab, from its top: what stands below is no heading
_ID_FROM = Decimal(10) ** (ID_DIGITS - 1)
UNREAD_KEPT = 20
CLEAN_KEPT = 50_000  # texts
#: Functions that fetch what is not in the file. Source: Google Docs Editors help, function list, read 2026-11.
_IMPORTS = re.compile(r"\bIMPORT(?:RANGE|DATA|HTML|XML|FEED)\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SeenCell:
    """A cell as it was read, indexes from 0. `texts`: as it was entered and as it is shown, each once.

    `number`: its value where that is one. `extras`: what hangs on it.
    """

    row: int
    column: int
    texts: tuple[str, ...] = ()
    number: Decimal | None = None
    extras: tuple[tuple[Part, str], ...] = ()
    is_loading: bool = False

    @property
    def a1(self) -> str:
        return a1_of(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Tab:
    """What is known of a tab beforehand. `own`: squeezed heading → column of ours, where the tab is one of ours."""

    sheet_id: int
    is_hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    own: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Noted:
    """A place that waits to be settled, and the text that stands there."""

    hit: Hit
    place: Place
    text: str = ""
    besides: Collection[Beside] = ()

    @property
    def is_known(self) -> bool:
        """Whether the text is all what the audience may see of an order of the row."""
        letters = squeeze(self.text).letters
        return any(is_known(beside, letters) for beside in self.besides)


class Hunt:
    """The state of one hunt for one audience."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.findings: dict[tuple[Any, ...], Finding] = {}
        self.unread: list[dict[str, Any]] = []
        self.scales: dict[tuple[int, int], Scale] = {}
        self.shown: set[str] = set()
        self._headings: dict[tuple[int, int], tuple[str, str]] = {}
        self._hits: dict[str, list[_Noted]] = {}
        self._clean: set[str] = set()  # texts in which nothing is: most are there many times
        self._once: set[tuple[Any, ...]] = set()

    @property
    def waiting(self) -> int:
        """How many places wait to be settled."""
        return sum(map(len, self._hits.values()))

    # --- what is looked at ---

    def look(self, text: str, place: Place, sieve: Sieve, *, besides: Collection[Beside] = ()) -> None:
        """Any text of the file; one hunt has one sieve. `besides`: of the orders of its row, where it has one.

        What the audience may see of an order of the row is nothing forbidden, though another order's be like it.
        """
        if text in self._clean:
            return
        has_hit = False
        for hit in hits(text, sieve):
            has_hit = True
            self._hits.setdefault(hit.key, []).append(_Noted(hit, place, text, besides))
        if _IMPORTS.search(text) and text.lstrip().startswith("="):
            self.miss("import", place)
        elif not has_hit:
            if len(self._clean) >= CLEAN_KEPT:
                self._clean.clear()
            self._clean.add(text)

    def start_again(self, sheet_id: int) -> None:
        """The tab is read once more from its top: its columns are weighed anew."""
        self.scales = {at: scale for at, scale in self.scales.items() if at[0] != sheet_id}

    def look_at_row(
        self, tab: Tab, cells: Sequence[SeenCell], besides: Collection[Beside], sieve: Sieve, *, hidden: Hidden
    ) -> None:
        """One row of a tab, and what must not stand in it."""
        for cell in cells:
            place = Place(tab.sheet_id, Part.CELL, cell.a1, _hidden(tab, cell, hidden))
            for text in cell.texts:
                self.look(text, place, sieve, besides=besides)
            for part, text in cell.extras:
                self.look(text, place._replace(part=part), sieve)
            self._look_at_number(cell, place, sieve)
            self._read_heading(tab, cell, place)
            if cell.is_loading:
                self.miss("loading", place)
            if besides:
                self._compare(tab, cell, besides, place)

    def _look_at_number(self, cell: SeenCell, place: Place, sieve: Sieve) -> None:
        """An order's number that became a number, and lost its last digits."""
        if cell.number is not None and abs(cell.number) >= _ID_FROM:
            key = rounded_key(f"{abs(cell.number):.0f}")
            if sieve.lets_through(key):
                self._hits.setdefault(key, []).append(_Noted(Hit(key), place))

    def _read_heading(self, tab: Tab, cell: SeenCell, place: Place) -> None:
        at = (tab.sheet_id, cell.column)
        known = self._headings.get(at)
        if known is not None and _is_figure(cell):
            del self._headings[at]
            self._take_at_word(known[0], place._replace(a1=known[1]))
        if cell.row >= HEADING_ROWS:
            return
        for text in cell.texts:
            own = (tab.own or {}).get(squeeze(text).letters, "")
            if own and not headings.is_figure(own):
                self.shown.add(own)
            elif key := own or headings.named_by(text):
                self._headings[at] = (key, cell.a1)

    def _take_at_word(self, key: str, place: Place) -> None:
        self.shown.add(key)
        if not headings.may_know(key, self.audience):
            self._find(Sign.HEADING, key, place)

    def _compare(self, tab: Tab, cell: SeenCell, besides: Collection[Beside], place: Place) -> None:
        """The cell and its note against the orders of its row."""
        notes = [text for part, text in cell.extras if part is Part.NOTE]
        found = figures(cell.texts, cell.number)
        short = None
        for beside in besides:
            ref = ref_of(beside.order_id)
            if own := _own_amount([one for one in found if one.is_telling], beside):
                self._find(Sign.BESIDE, own, place, ref)
            elif own := _own_amount([one for one in found if one.is_alone], beside):
                short = (cell.a1, ref, own)
            if own := _own_amount([one for one in figures(notes, None) if one.is_telling], beside):
                self._find(Sign.BESIDE, own, place._replace(part=Part.NOTE), ref)
            self._compare_texts(cell.texts, beside, place)
            self._compare_texts(notes, beside, place._replace(part=Part.NOTE))
        if found:
            scale = self.scales.setdefault((tab.sheet_id, cell.column), Scale(hidden=place.hidden))
            scale.rows += 1
            if short is not None:
                scale.note(short)

    def _compare_texts(self, texts: Iterable[str], beside: Beside, place: Place) -> None:
        for text in texts:
            for column, letters, is_all in beside.texts:
                if is_in_row(text, letters, is_all=is_all) and not is_known(beside, letters):
                    self._find(Sign.VALUE, column, place, ref_of(beside.order_id), hint_of(letters))

    def miss(self, why: str, place: Place | None = None) -> None:
        """Something of the file could not be read, or cannot be proved."""
        entry = {"why": why, "sheet_id": place.sheet_id if place else None, "a1": place.a1 if place else ""}
        known = next((one for one in self.unread if (one["why"], one["sheet_id"]) == (why, entry["sheet_id"])), None)
        if known is not None:
            known["count"] += known["a1"] != entry["a1"]
        elif len(self.unread) < UNREAD_KEPT:
            self.unread.append({**entry, "count": 1})

    # --- what comes of it ---

    def settle(self, secrets: Iterable[tuple[str, Secret]]) -> None:
        """What may be a forbidden value was compared with the values themselves (order id, secret); nothing waits."""
        for order_id, secret in secrets:
            for noted in self._hits.get(secret.needle.key, ()):
                if noted.hit.is_of(secret.needle) and not noted.is_known:
                    self._find(Sign.VALUE, secret.column, noted.place, ref_of(order_id), hint_of(secret.needle.text))
        self._hits.clear()
        self._once.clear()

    def finish(self) -> list[Finding]:
        """Every finding, the gravest first; nothing must wait to be settled."""
        for (sheet_id, _), scale in self.scales.items():
            if scale.is_leak:
                for a1, ref, column in scale.places:
                    self._find(Sign.BESIDE, column, Place(sheet_id, Part.CELL, a1, scale.hidden), ref)
        found = {finding.column for finding in self.findings.values()}
        for key in headings.told(self.shown, found, self.audience):
            self._find(Sign.TOLD, key, Place(None))
        kept = [one for one in self.findings.values() if not self._is_part(one)]
        return sorted(kept, key=lambda one: (list(Sign).index(one.sign), one.sheet_id or 0, one.column))

    def _is_part(self, one: Finding) -> bool:
        """Whether it is but a part of what was found in the very same places: the postcode of an address."""
        where = {place[0] for place in one.places}
        return any(
            other.sign is one.sign is Sign.VALUE
            and (other.sheet_id, other.part, other.hidden, other.count)
            == (one.sheet_id, one.part, one.hidden, one.count)
            and where == {place[0] for place in other.places}
            for other in self.findings.values()
            if one.column in told_by({other.column})
        )

    def add(self, sign: Sign, column: str, place: Place, hint: str = "") -> None:
        """Something that was found in another way."""
        self._find(sign, column, place, "", hint)

    def _find(self, sign: Sign, column: str, place: Place, ref: str = "", hint: str = "") -> None:
        group = (sign, column, place.sheet_id, place.part, place.hidden)
        if (group, place.a1) in self._once:
            return
        self._once.add((group, place.a1))
        finding = self.findings.setdefault(group, Finding(*group))
        finding.add(place.a1, ref, hint)

    def to_json(self) -> dict[str, Any]:
        """Everything but what waits to be settled."""
        return {
            "findings": [finding.to_json() for finding in self.findings.values()],
            "unread": self.unread,
            "scales": [[*at, scale.to_json()] for at, scale in self.scales.items()],
            "shown": sorted(self.shown),
            "headings": [[*at, *heading] for at, heading in self._headings.items()],
        }

    @classmethod
    def from_json(cls, audience: Audience, raw: Mapping[str, Any]) -> "Hunt":
        """The hunt `to_json` wrote."""
        hunt = cls(audience)
        for kept in raw["findings"]:
            one = Finding.from_json(kept)
            hunt.findings[(one.sign, one.column, one.sheet_id, one.part, one.hidden)] = one
        hunt.unread = [dict(one) for one in raw["unread"]]
        hunt.scales = {(at[0], at[1]): Scale.from_json(at[2]) for at in raw["scales"]}
        hunt.shown = set(raw["shown"])
        hunt._headings = {(at[0], at[1]): (at[2], at[3]) for at in raw["headings"]}
        return hunt


def _own_amount(found: Sequence[Figure], beside: Beside) -> str:
    """The column of the order whose amount stands there; of several that say the same the last, which sums them up."""
    for column, amount, decimals in reversed(beside.amounts) if found else ():
        if any(is_amount(figure, amount, decimals) for figure in found) and not is_known(beside, amount):
            return column
    return ""


def _hidden(tab: Tab, cell: SeenCell, row: Hidden) -> Hidden:
    if tab.is_hidden:
        return Hidden.TAB
    return Hidden.COLUMN if cell.column in tab.hidden_columns else row


def _is_figure(cell: SeenCell) -> bool:
    return cell.number is not None or any(one.is_alone for one in figures(cell.texts, None))
