"""History: how an order's profit came to be what it is, step by step: expected, settled, refunded, adjusted, costed.

Worked out by replaying what is known, from nothing to now, through `profit` itself: each step is the profit as it would
have stood then, with the tax terms of today. The last step is always the profit as it is now, and what the steps
changed adds up to it. The sequence in which facts come in changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from service.core.ledger.costs import Cost, CostBook, CostSource
from service.core.ledger.entries import Entry
from service.core.ledger.facts import Facts, Terms, cogs_of
from service.core.ledger.fields import is_adjustment
from service.core.ledger.pools import Pools, counted, pools_of_one, total_of
from service.core.ledger.profit import Outcome, outcome_of, profit_of
from service.core.ledger.rates import Charge, Estimate, Trust
from service.core.ledger.sending import sending_of
from service.core.ledger.settling import is_reserve

_LAST = datetime.max.replace(tzinfo=UTC)


class StepKind(StrEnum):
    """What a step is about."""

    ESTIMATE = "estimate"
    SETTLED = "settled"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    COST = "cost"
    EXPECTED = "expected"  # the rest of a settled order as upstream expects it now
    NOW = "now"  # what nothing dated explains: rates of newer orders, a setting, the order itself


@dataclass(frozen=True, slots=True)
class Guess:
    """An estimate that was in force from `at` on."""

    at: datetime
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class CostMoment:
    """A cost that somebody (`sub`) changed. Before None: none was known; after None: it was taken out."""

    at: datetime
    sub: str
    sku_id: str
    before: Cost | None
    after: Cost | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `outcome`: the order as it stood after it; None while nothing could tell.

    `change`: the net profit after less that before, of the first step all of it; None where either is unknown. `pools`:
    what the lines of a statement say. `name`: the kind of an adjustment. `trust`, `charges`: how it was estimated.
    `edits`: what was changed of costs. `at` None: upstream gives no day.
    """

    kind: StepKind
    at: datetime | None
    outcome: Outcome | None
    change: Decimal | None = None
    pools: Pools | None = None
    statement_id: str = ""
    name: str = ""
    trust: Trust | None = None
    charges: tuple[Charge, ...] = ()
    edits: tuple[CostMoment, ...] = ()

    @property
    def net(self) -> Decimal | None:
        return None if self.outcome is None else self.outcome.net


@dataclass(frozen=True, slots=True)
class _Lines:
    """A line of a statement, whole or in parts by SKU."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        return self.entries[0]


@dataclass(frozen=True, slots=True)
class _Edits:
    """Costs that one person changed at once."""

    made: tuple[CostMoment, ...]


_Moment = Guess | _Lines | _Edits


@dataclass(slots=True)
class _State:
    """What is known at one moment of the replay."""

    facts: Facts
    terms: Terms
    book: CostBook
    guess: Estimate | None = None
    entries: tuple[Entry, ...] = ()

    def outcome(self) -> Outcome | None:
        """The order as it stands by what is known so far."""
        facts = _with_sending(replace(self.facts, unsettled=(), kept=None), self.book)
        if self.entries:  # reserves are no step of their own: all of them are there from the first line on
            held = tuple(one for one in facts.entries if is_reserve(one.kind))
            facts = replace(facts, entries=self.entries + held)
            return profit_of(facts, replace(self.terms, book=self.book)).shown
        if self.guess is None:
            return None
        return outcome_of(self.guess.pools, cogs_of(facts, self.book), facts=facts, tax=self.terms.tax)


def history_of(
    facts: Facts, terms: Terms, *, guesses: Iterable[Guess] = (), edits: Iterable[CostMoment] = ()
) -> tuple[Step, ...]:
    """The order's steps, oldest first. ValueError for amounts in another currency than the order's."""
    edits = sorted(edits, key=lambda one: (one.at, one.sub, one.sku_id, _starts(one)))
    state = _State(facts, terms, _book_before(terms.book, edits))
    steps: list[Step] = []
    for moment in _moments(facts, guesses, edits):
        before = steps[-1].outcome if steps else None
        step = _stepped(state, moment)
        if step.kind is not StepKind.COST or (steps and step.outcome != before):
            steps.append(replace(step, change=_change(steps, step.outcome)))
    shown = profit_of(facts, terms).shown
    if not steps or steps[-1].outcome != shown:
        steps.append(_last(facts, terms, steps, shown))
    return tuple(steps)


# --- moments ----------------------------------------------------------------------------------------------------------


def _moments(facts: Facts, guesses: Iterable[Guess], edits: Sequence[CostMoment]) -> list[_Moment]:
    """Everything that happened, in its sequence. A statement counts as known no earlier than the estimates before it:
    it is dated at its cut, and read later.
    """
    sure = sorted(guesses, key=lambda one: one.at)
    known_at = sure[-1].at if sure else datetime.min.replace(tzinfo=UTC)
    found: list[tuple[tuple[datetime, int, str], _Moment]] = [
        ((one.at, 0, f"{at:06}"), one) for at, one in enumerate(sure)
    ]
    for lines in _statement_lines(facts.entries):
        at = max(lines.first.settled_at or _LAST, known_at)
        found.append(((at, 1, lines.first.statement_id + lines.first.entry_id), lines))
    for (at, sub), group in groupby(edits, key=lambda one: (one.at, one.sub)):
        found.append(((at, 2, sub), _Edits(tuple(group))))
    return [moment for _key, moment in sorted(found, key=lambda one: one[0])]


def _statement_lines(entries: Iterable[Entry]) -> list[_Lines]:
    """The lines that count, those of one statement by SKU together. Reserves change nothing."""
    whole = [one for one in entries if not is_reserve(one.kind)]
    lines = sorted(counted(whole), key=lambda one: (_about(one), one.entry_id))
    return [_Lines(tuple(group)) for _key, group in groupby(lines, key=_about)]


def _about(entry: Entry) -> tuple[str, str, str]:
    """What entries have in common that are one line in parts."""
    return (entry.statement_id, entry.kind, "" if entry.sku_id else entry.entry_id)


# --- steps ------------------------------------------------------------------------------------------------------------


def _stepped(state: _State, moment: _Moment) -> Step:
    """The step that this moment makes; `state` knows it from then on."""
    if isinstance(moment, Guess):
        state.guess = moment.estimate
        estimate = moment.estimate
        return Step(StepKind.ESTIMATE, moment.at, state.outcome(), trust=estimate.trust, charges=estimate.charges)
    if isinstance(moment, _Edits):
        for one in moment.made:
            state.book = _moved(state.book, one, gone=one.before, come=one.after)
        return Step(StepKind.COST, moment.made[0].at, state.outcome(), edits=moment.made)
    first, pools = moment.first, total_of(map(pools_of_one, moment.entries), moment.first.currency)
    kind = _kind_of(first, pools, is_first=not any(not is_adjustment(one.kind) for one in state.entries))
    state.entries = (*state.entries, *_with_parts(moment.entries, state.facts.entries))
    name = first.kind if kind is StepKind.ADJUSTMENT else ""
    return Step(kind, first.settled_at, state.outcome(), pools=pools, statement_id=first.statement_id, name=name)


def _kind_of(line: Entry, pools: Pools, *, is_first: bool) -> StepKind:
    if is_adjustment(line.kind):
        return StepKind.ADJUSTMENT
    return StepKind.SETTLED if is_first or pools.revenue >= 0 else StepKind.REFUND


def _with_parts(lines: Sequence[Entry], entries: Sequence[Entry]) -> Iterable[Entry]:
    """The lines with the parts by SKU that say the same, which tell what of the order is settled."""
    yield from lines
    if not lines[0].sku_id and not is_adjustment(lines[0].kind):
        yield from (one for one in entries if one.sku_id and one.statement_id == lines[0].statement_id)


def _last(facts: Facts, terms: Terms, steps: Sequence[Step], shown: Outcome | None) -> Step:
    """What brings the replay to the profit as it is now."""
    is_expected = bool(facts.entries and facts.unsettled)
    profit = profit_of(replace(facts, kept=None), terms)
    return Step(
        StepKind.EXPECTED if is_expected else StepKind.NOW,
        None,
        shown,
        _change(steps, shown),
        trust=profit.trust,
        charges=() if facts.entries else profit.charges,
    )


def _change(steps: Sequence[Step], outcome: Outcome | None) -> Decimal | None:
    """What a step changes; the first one changes everything."""
    now = None if outcome is None else outcome.net
    if not steps:
        return now
    was = steps[-1].net
    return None if was is None or now is None else now - was


# --- costs ------------------------------------------------------------------------------------------------------------


def _book_before(book: CostBook, edits: Sequence[CostMoment]) -> CostBook:
    """The costs as they were before the first of these changes."""
    for one in reversed(edits):
        book = _moved(book, one, gone=one.after, come=one.before)
    return book


def _moved(book: CostBook, moment: CostMoment, *, gone: Cost | None, come: Cost | None) -> CostBook:
    """The book with one cost of the SKU instead of another."""
    costs = {cost.starts: cost for cost in book.costs.get(moment.sku_id, ())}
    if gone is not None:
        costs.pop(gone.starts, None)
    if come is not None:
        costs[come.starts] = come
    by_sku: Mapping[str, tuple[Cost, ...]] = {
        **book.costs, moment.sku_id: tuple(costs[starts] for starts in sorted(costs))
    }  # fmt: skip
    return replace(book, costs=by_sku)


def _starts(moment: CostMoment) -> str:
    cost = moment.after or moment.before
    return "" if cost is None else cost.starts.isoformat()


def _with_sending(facts: Facts, book: CostBook) -> Facts:
    """What sending the order costs by these costs, unless an invoice says it."""
    if facts.sending is not None and facts.sending.source is not CostSource.SETTING:
        return facts
    return replace(facts, sending=sending_of(facts.order, facts.day, book))
