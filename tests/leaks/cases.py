"""A case: an account's beginnings, then rounds of deeds, changed orders, a running flush and people who look.

Plain values, so that one can be drawn, shrunk and told.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

NUMBERS = st.integers(0, 40)
MANY = st.sampled_from(range(2**14))  # one as often as another: each chooses among hundreds
WAITS_S = (1, 20, 61, 61, 400, 3700)

#: Deeds that need no call of Google's of their own, so that they may happen between two calls of a pass.
QUICK = (
    "change role", "change role", "change shops", "end soon", "revoke", "switch", "switch", "own role", "share",
    "share", "unshare", "note",
)  # fmt: skip
#: All of them; those that make an account what it is are done oftener.
DEEDS = (
    *QUICK, "join", "approve", "remove reader", "remove everywhere", "hide readers", "widen", "second tab", "pause",
    "resume", "stop", "refuse", "fail", "erase", "prove",
)  # fmt: skip
OPENING = ("switch", "switch", "own role", "own role", "change role", "change shops")


@dataclass(frozen=True)
class Deed:
    """One deed: its name, and numbers that choose whom, what and how."""

    name: str
    a: int = 0
    b: int = 0


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet: for whom, by order or by line, which columns, which rows."""

    audience: int = 0
    grain: int = 0
    columns: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Look:
    """Somebody presses something: numbers that choose the person and the press, or the action that is pressed."""

    who: int = 0
    press: int = 0
    action: str = ""


@dataclass(frozen=True)
class Round:
    """Deeds, changed orders (a bit for each), a flush with deeds before its calls (from 1), looks, and time."""

    deeds: tuple[Deed, ...] = ()
    changed: int = 7
    between: tuple[tuple[int, Deed], ...] = ()
    looks: tuple[Look, ...] = ()
    wait_s: int = 1


@dataclass(frozen=True)
class Case:
    """What was decided before anything was bound, the spreadsheets, the rounds, and who looks at home in the end.

    `is_settled`: the tabs are made before the first round, and not in it.
    """

    opening: tuple[Deed, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    rounds: tuple[Round, ...] = ()
    last: tuple[Look, ...] = ()
    is_settled: bool = False


def _several(one: st.SearchStrategy, most: int, *, least: int = 0) -> st.SearchStrategy:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


def _deeds(names: tuple[str, ...]) -> st.SearchStrategy[Deed]:
    return st.builds(Deed, st.sampled_from(names), NUMBERS, MANY)


LOOKS = st.builds(Look, NUMBERS, MANY)
SHEETS = st.builds(Sheet, NUMBERS, st.integers(0, 1), MANY, NUMBERS)
ROUNDS = st.builds(
    Round,
    deeds=_several(_deeds(DEEDS), 3, least=1),
    changed=st.integers(1, 7),
    between=_several(st.tuples(st.integers(1, 3), _deeds(QUICK)), 2),
    looks=_several(LOOKS, 2, least=1),
    wait_s=st.sampled_from(WAITS_S),
)
CASES = st.builds(
    Case,
    opening=_several(_deeds(OPENING), 4),
    sheets=st.one_of(st.tuples(SHEETS), st.tuples(SHEETS), st.tuples(SHEETS, SHEETS)),
    rounds=_several(ROUNDS, 2, least=1),
    last=_several(st.builds(Look, NUMBERS, MANY, st.just("home")), 2, least=1),
    is_settled=st.booleans(),
)
