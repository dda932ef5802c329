"""A schedule: rounds of trade, people's deeds, faults and time. Plain values, so that one can be drawn, shrunk, told
and played by whoever keeps the sheet: the product, its real engine, or a naive writer.
"""

from dataclasses import dataclass

from hypothesis import strategies as st
from stateful.deeds import DEEDS, RARE, Deed
from stateful.ground import LAYOUTS, WINDOWED
from stateful.orderbook import TRADES

#: Faults of Google's while a pass runs, as the emulator names them.
FAULTS = (
    "too_many_requests", "unavailable_before", "unavailable_after", "internal_error", "internal_error_after",
    "dropped_before", "dropped_after", "bad_gateway", "bad_gateway_after",
)  # fmt: skip
WAITS_S = (1, 5, 30, 61, 200, 960)
LANGUAGES = ("en", "de")
LATE_S = (20, 100, 170)
MOST_MOMENTS = 8  # durable steps of one pass, after any of which its process may die
FLUSH, ROLL_OFF = "flush", "roll-off"
NUMBERS = st.integers(0, 30)
#: Before which call of a pass a deed is done: mostly right before the write.
MOMENTS = st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4, 5))


@dataclass(frozen=True)
class Trade:
    """One thing that sellers or buyers do: its name in TRADES, and numbers that choose."""

    name: str
    a: int = 0
    b: int = 0


@dataclass(frozen=True)
class Weather:
    """What goes wrong in a pass. `kind`: fault, late, kill or lease; the rest says which, when, for how long."""

    kind: str
    fault: str = ""
    hits_read: bool = False
    number: int = 0


@dataclass(frozen=True)
class Round:
    """Trades and deeds, then one pass with deeds between its calls, then time.

    `inside`: (number of the call from 1 before which it happens, 0 = the write, the deed). `job`: whose pass it is, a
    flush or a roll-off.
    """

    trades: tuple[Trade, ...] = ()
    deeds: tuple[Deed, ...] = ()
    inside: tuple[tuple[int, Deed], ...] = ()
    weather: Weather | None = None
    wait_s: int = 1
    job: str = FLUSH


@dataclass(frozen=True)
class Schedule:
    """`layout`: the bound spreadsheet it begins with. `language`: in which one Google refuses to touch what is
    protected.
    """

    layout: str
    rounds: tuple[Round, ...]
    row_metadata_follows_sort: bool = False
    language: str = "en"


@dataclass(frozen=True)
class Scene:
    """A sort of schedules: how much of what there is in a round."""

    name: str
    deeds: int = 0
    inside: int = 0
    has_weather: bool = False
    rounds: int = 3


#: Nobody touches the sheet and nothing fails.
QUIET = Scene("quiet")
#: Each has its share of the schedules: a fault found under "hands" is told without windows or weather.
SCENES = (
    Scene("hands", deeds=3),
    Scene("windows", deeds=1, inside=2),
    Scene("weather", deeds=1, has_weather=True, rounds=4),
    Scene("everything", deeds=2, inside=2, has_weather=True, rounds=4),
)

TRADING = st.builds(Trade, st.sampled_from(sorted(TRADES)), NUMBERS, NUMBERS)
PLACING = st.builds(Trade, st.just("place"), NUMBERS, NUMBERS)
ENDING = st.builds(Trade, st.sampled_from(("cancel", "deliver")), NUMBERS, NUMBERS)
MONTHS = Trade("months")
HANDS = st.builds(
    Deed,
    st.sampled_from([*(sorted(set(DEEDS) - RARE) * 3), *sorted(RARE)]),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.integers(0, 1),
)
WEATHER = st.one_of(
    st.builds(Weather, st.just("fault"), st.sampled_from(FAULTS), st.booleans()),
    st.builds(Weather, st.just("late"), number=st.sampled_from(LATE_S)),
    st.builds(Weather, st.just("kill"), number=st.integers(1, MOST_MOMENTS)),
    st.builds(Weather, st.just("lease")),
)


def _several(one: st.SearchStrategy, most: int, *, least: int = 0) -> st.SearchStrategy:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


@st.composite
def schedules(draw: st.DrawFn, scene: Scene) -> Schedule:
    """Any schedule of a scene. Shrinks to fewer rounds, fewer deeds, smaller numbers.

    A pass with nothing to do has no window and meets no weather, so that there something is always done.
    """
    least = 1 if scene.inside or scene.has_weather else 0
    layout = draw(st.sampled_from(LAYOUTS))
    first = Round(trades=(draw(PLACING), *draw(_several(PLACING, 1))), wait_s=61)
    aged = (Round(trades=(*draw(_several(ENDING, 3, least=1)), MONTHS), wait_s=61),) if layout in WINDOWED else ()
    one = st.builds(
        Round,
        trades=_several(TRADING, 3, least=least),
        deeds=_several(HANDS, scene.deeds, least=min(scene.deeds, 1)),
        inside=_several(st.tuples(MOMENTS, HANDS), scene.inside, least=min(scene.inside, 1)),
        weather=st.none() | WEATHER if scene.has_weather else st.none(),
        wait_s=st.sampled_from(WAITS_S),
        job=st.sampled_from((FLUSH, ROLL_OFF)) if layout in WINDOWED else st.just(FLUSH),
    )
    rounds = draw(st.lists(one, min_size=2, max_size=scene.rounds))
    return Schedule(
        layout,
        (first, *aged, *rounds),
        row_metadata_follows_sort=draw(st.booleans()),
        language=draw(st.sampled_from(LANGUAGES)),
    )
