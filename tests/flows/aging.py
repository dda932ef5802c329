"""A tab with old finished orders and new ones, and people's own text between them: the ground of the roll-off tests."""

from collections import Counter
from dataclasses import dataclass, field

from doubles import WakeUp, run_idle
from flows.rig import Paper, Rig

from service.core.roles import Role
from service.flows import archive_care, rolling
from service.google.grid import column_letters
from service.store import archives, audits, fills, roll_offs, sheets
from service.store.records import BindingRow

DAY_S = 86_400
TAB, ARCHIVE = "Orders", "Orders archive"
KEY = "Order ID"
STAGING = "Rowstream is moving rows"


def bind_all(rig: Rig, *, days: int | None = 60) -> Paper:
    """A tab that shows every order, with this window."""
    paper = rig.spreadsheet()
    rig.bind(paper, rig.preset("sales_by_order", Role.OWNER), audience=Role.OWNER, window_days=days, title=TAB)
    paper.tab = TAB
    rig.settle()
    return paper


def age(rig: Rig, days: int) -> None:
    """Market time goes on, and the shop's orders with it: they are finished soon."""
    rig.world.market.advance(days * DAY_S)
    rig.fetch([order.id for order in rig.world.market.world.orders.values()])
    rig.settle()


@dataclass
class Aged:
    """The tab and what has to be in it. `own`: texts of people's own that must survive whatever happens."""

    rig: Rig
    paper: Paper
    old: list[str]
    new: list[str]
    own: Counter[str] = field(default_factory=Counter)

    # --- what stands where ---

    def live(self) -> list[str]:
        return [row[KEY] for row in self.paper.rows() if row.get(KEY) in {*self.old, *self.new}]

    def archived(self) -> list[str]:
        if ARCHIVE not in self.titles():
            return []
        return [row[KEY] for row in self.paper.rows(tab=ARCHIVE) if row.get(KEY)]

    def titles(self) -> list[str]:
        return [one["properties"]["title"] for one in self.paper.look("sheets.properties.title")["sheets"]]

    def texts(self) -> Counter[str]:
        """Every text in every tab, however often it stands there."""
        return Counter(
            str(cell) for title in self.titles() for row in self.paper.grid(tab=title) for cell in row if cell != ""
        )

    def binding(self) -> BindingRow:
        return next(row for row in self._bindings() if row.archive_of is None)

    def archive(self) -> BindingRow | None:
        return self.rig.read(archives.archive_of, self.binding().id)

    def _bindings(self) -> list[BindingRow]:
        return self.rig.read(sheets.bindings_in, self.paper.spreadsheet_id)

    # --- what happens ---

    def run(self) -> None:
        """One run of the roll-off, with room in the quota."""
        self.rig.clock.advance(30)
        self.rig.write(roll_offs.look_again, [self.binding().id], self.rig.clock.now())
        run_idle(self.rig.services, WakeUp(self.rig.clock.now(), rolling.KIND, self.paper.spreadsheet_id))

    def copy(self) -> None:
        """Old rows stand in both tabs, and nothing has left yet."""
        self.run()
        self.rig.settle(patience_s=5)
        assert sorted(self.archived()) == sorted(self.old)
        assert sorted(self.live()) == sorted([*self.old, *self.new])

    def come_to_rest(self) -> None:
        """As long as a lost write may take and some minutes more, with sweeps."""
        self.rig.live_through(600, step_s=20)

    # --- what must hold ---

    def unnamed(self) -> set[str]:
        """Remarks of people's that are gone, and the history does not name the cell beside their row."""
        lost = [text for text in self.own - self.texts() if text.startswith("about ")]
        rows = {row[KEY]: at for at, row in enumerate(self.paper.rows(), start=2)}
        named = {name.partition("!")[2] for name in self.rig.named(self.paper)}
        remarks = column_letters(len(self.paper.grid()[0]) - 1)
        return {text for text in lost if f"{remarks}{rows[text.removeprefix('about ')]}" not in named}

    def assert_nothing_is_lost(self, *, deleted: tuple[str, ...] = (), doubled: tuple[str, ...] = ()) -> None:
        """Each order stands in one of the two tabs (those that people copied once more), people's own texts are there,
        no staging tab is left and nothing is under way.
        """
        standing = Counter([*self.live(), *self.archived()])
        wanted = Counter([*self.old, *self.new]) + Counter(doubled)
        for order_id in deleted:
            del wanted[order_id]
            assert standing.pop(order_id, 0) <= 1, order_id
        assert standing == wanted
        missing = self.own - self.texts()
        assert not missing, missing
        assert not [title for title in self.titles() if title.startswith(STAGING)]
        for row in self._bindings():
            assert self.rig.read(roll_offs.move_of, row.id) is None
            assert self.rig.read(fills.dirty, [row.id], now=self.rig.clock.now(), limit=100) == []


def aged(rig: Rig, *, old: int = 6, new: int = 4) -> Aged:
    """Old orders, new ones below them, a person's remark beside each new one and a row of their own among the old."""
    paper = bind_all(rig, days=None)
    placed = rig.place(old)
    rig.settle()
    age(rig, 100)
    later = rig.place(new)
    rig.settle()
    found = Aged(rig, paper, placed, later)
    remark = column_letters(len(paper.grid()[0]))
    for number, row in enumerate(paper.rows(), start=2):
        if row[KEY] in later:
            paper.type(f"{remark}{number}", f"about {row[KEY]}")
            found.own[f"about {row[KEY]}"] += 1
    paper.hand("insert", "ROWS", 3)
    paper.type("B4", "a row of my own")
    found.own["a row of my own"] += 1
    rig.write(audits.hasten, [found.binding().id], rig.clock.now())  # where everything stands now is known
    rig.live_through(60, step_s=20)
    assert sorted(found.live()) == sorted([*placed, *later])
    archive_care.keep_finished(rig.services, rig.owner, paper.spreadsheet_id, found.binding().id, days=60)
    return found
