"""A case played against the product and its world, told as a story, and judged by every byte that left.

What is written is judged as it is sent, by the rights of that moment; what people are shown, by theirs; what nobody is
meant to read (log, metrics, jobs, history) must hold nothing at all.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from drivers import Sidebar
from house.canary_presses import presses, without
from house.canary_stage import OFF
from leaks import law
from leaks.cases import Case, Deed, Look, Round, Sheet
from leaks.deeds import DEEDS
from leaks.ground import BLOOM, EVERYBODY, HARBOUR, OLA, Ground
from leaks.hunting import Planted
from leaks.sheets import bind_sheet
from leaks.truth import FileTruth, Moment, Seat, Truth, wrongly_written
from wiretap import Sent

from service.core.roles import Role
from service.errors import Problem
from service.sandbox.people import PEOPLE, Person
from service.sandbox.sheets.archive import pack_file
from service.store import sheets
from service.store.tables import audit, flushes, proofs

ROLES = tuple(role.value for role in Role)
PATIENCE_S = 40.0
TELLING = "order"  # the press that tells most, which is chosen oftener
NUMBERS = frozenset({"ID", "REF"})  # groups of what an order or a shop is called
DOWNLOAD = re.compile(r"/download/[^\"\\ ]+")
#: The figure at the end of a line of metrics: of all that are counted, one looks like any amount. What they are about
#: stands in names and labels.
FIGURE = re.compile(r"(?m) \S+$")


class LeakError(AssertionError):
    """Somebody was told what they may not know. Tells the story."""


@dataclass
class Figures:
    """What a run of cases came to: without it, silence would mean nothing."""

    cases: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)  # of them, those between two calls of a flush
    refused: Counter[str] = field(default_factory=Counter)
    presses: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)  # canaries by group, in writes
    shown: Counter[str] = field(default_factory=Counter)  # in answers
    paused: Counter[str] = field(default_factory=Counter)  # reasons of files at rest

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in vars(self).items())


@dataclass
class Play:
    """One case on its way. `send`: how a press reaches the product; `flush`: what keeps the sheets."""

    ground: Ground
    case: Case
    figures: Figures
    flush: Callable[["Play"], None] = lambda play: play.ground.rig.settle(patience_s=PATIENCE_S)

    def __post_init__(self) -> None:
        self.ground.begin()
        self.services, self.owner = self.ground.services, self.ground.rig.owner
        self.identity = self.ground.rig.identity()
        self.shop_ids = {slot.place: slot.shop.id for slot in self.ground.slots}
        self.told = {slot.order_id: 0 for slot in self.ground.slots}
        seats = {(BLOOM, one.email): Seat(one.role) for one in PEOPLE if one.role}
        seats |= {(HARBOUR, OLA.email): Seat("owner"), (HARBOUR, PEOPLE[6].email): Seat("admin")}
        self.truth = Truth(seats, frozenset(one.lower() for one in self.services.writers.emails))
        self.story: list[str] = []
        self.harm: list[str] = []
        self.ground.watch.note = lambda: self.truth.moment(self.now)
        self.ground.watch.judge = self._judge_write

    @property
    def now(self) -> Any:
        return self.ground.rig.clock.now()

    def role(self, number: int) -> str:
        """A role that can have a sheet, the account's own among them: its rows need a key that it may see."""
        switches, own = self.truth.switches[BLOOM], self.truth.own_roles
        known = [*ROLES, *own, *own]
        fitting = [one for one in known if "ID_MASKED" in law.groups(one, switches, own)]
        return fitting[number % len(fitting)]

    # --- the story ---

    def perform(self) -> None:
        """The whole case, and its judgement. LeakError with the story when anybody was told too much."""
        for number, _sheet in enumerate(self.case.sheets):
            file_id = self.ground.make_file(f"for-the-case-{number}")
            self.truth.files[file_id] = FileTruth(self.ground.rig.world.emulator.state.files[file_id])
        for deed in self.case.opening:
            self.do(deed)
        for number, sheet in enumerate(self.case.sheets):
            self.bind(number, sheet)
        if self.case.is_settled:
            self._flush({})
        for one in self.case.rounds:
            self.play(one)
        self.rest()
        self.judge()
        self.figures.cases += 1

    def play(self, one: Round) -> None:
        for deed in one.deeds:
            self.do(deed)
        for at, slot in enumerate(self.ground.slots):
            if one.changed >> at & 1:
                self.told[slot.order_id] += 1
                self.ground.tell(slot, self.told[slot.order_id])
        self.story.append("Orders change, and a flush runs.")
        between: dict[int, list[Callable[[], None]]] = {}
        for number, deed in one.between:
            when = f"… before call {number}: "
            between.setdefault(number, []).append(lambda deed=deed, when=when: self.do(deed, when=when))
        self._flush(between)
        for look in one.looks:
            self.look(look)
        self.ground.rig.clock.advance(one.wait_s)
        self.story.append(f"{one.wait_s} s pass.")

    def _flush(self, between: dict[int, list[Callable[[], None]]]) -> None:
        self.ground.watch.begin_pass(between)
        self.flush(self)
        self.ground.watch.begin_pass({})

    def do(self, deed: Deed, *, when: str = "") -> None:
        """The deed, if the product lets it."""
        self.figures.deeds[deed.name] += 1
        self.figures.inside[deed.name] += 1 if when else 0
        try:
            said = DEEDS[deed.name](self, deed.a, deed.b)
        except Problem as problem:
            self.figures.refused[deed.name] += 1
            said = f"({deed.name} is refused: {problem.sentence})"
        self.story.append(when + said)

    def bind(self, number: int, sheet: Sheet) -> None:
        truth = list(self.truth.files.values())[number]
        try:
            audience = self.role(sheet.audience)
            said = bind_sheet(self, truth, audience, grain=sheet.grain, columns=sheet.columns, rows=sheet.rows)
        except Problem as problem:
            self.figures.refused["bind"] += 1
            said = f"(Binding is refused: {problem.sentence})"
        self.story.append(said)

    def rest(self) -> None:
        """Time passes until nothing is under way, and somebody looks at home once more."""
        self.ground.watch.instead.clear()
        self.ground.rig.clock.advance(61)
        self.ground.rig.sweep()
        self._flush({})
        for look in self.case.last:
            self.look(look)

    # --- looking ---

    def look(self, look: Look) -> None:
        """Somebody presses something, in one of the files or in none; what they are answered is judged."""
        person = EVERYBODY[look.who % len(EVERYBODY)]
        places = [*self.truth.files, *self.truth.files, ""]
        place = places[look.press % len(places)]
        every = presses(self._ids(place), OFF)
        chosen = [*every, *[one for one in every if one[0] == TELLING] * 16]
        named = [one for one in chosen if one[0] == look.action] or chosen
        name, parameters, form = named[look.press // len(places) % len(named)]
        self.press(person, place, name, parameters, form)

    def press(self, person: Person, place: str, name: str, parameters: dict[str, str], form: dict[str, Any]) -> None:
        """One press, judged by what the person may see before it or after it: the press itself may change that."""
        self.figures.presses[name] += 1
        if place:
            self.ground.rig.world.emulator.state.grant(person.email, place)
        sidebar = Sidebar(self.ground.product, person, spreadsheet_id=place or None)
        given = {"once_key": f"{len(self.story)}", **parameters}
        typed = {key: {"stringInputs": {"value": value if isinstance(value, list) else [value]}}
                 for key, value in form.items()}  # fmt: skip
        answer = sidebar.send(name, sidebar.event(name, given, typed))
        self.story.append(f"{person.email} presses {name} {parameters} in {place or 'another file'}.")
        asked = [
            *given.values(),
            *(one for value in form.values() for one in ([value] if isinstance(value, str) else value)),
        ]
        text = answer.get_data(as_text=True)
        self._judge_shown(person, f"{name}: {answer.status_code}", without(text, asked))
        for path in DOWNLOAD.findall(text):
            taken = self.ground.product.app.test_client().get(path)
            self._judge_shown(person, f"the download of {name}", f"{taken.headers}\n{taken.get_data(as_text=True)}")

    def _ids(self, file_id: str) -> dict[str, str]:
        first, second = self.ground.slots[0].order_id, self.ground.slots[1 + len(self.story) % 3].order_id
        bound = self.ground.read(sheets.bindings_in, file_id) if file_id else []
        nothing = "0" * 32
        return defaultdict(lambda: nothing) | {
            "order": first,
            "number": second,
            "shared": second,
            "binding": bound[0].id if bound else nothing,
            "draft": self.ground.draft_id,
            "member": self.ground.other_member,
            "shop": self.shop_ids["second"],
        }

    # --- judging ---

    def _judge_write(self, sent: Sent, then: Moment) -> None:
        found = self.found(sent.body)
        truth = self.truth.files.get(sent.file_id)
        self.figures.written.update(one.canary.group for one in found)
        wrong = wrongly_written(then, sent.file_id, found)
        self.harm += wrong
        if wrong:
            self.story.append(f"!!! {sent.method} {sent.url.rpartition('/')[2]} by {sent.who}: {wrong}")
        elif truth is not None:
            truth.written |= {one.name for one in found}

    def _judge_shown(self, person: Person, what: str, text: str) -> None:
        rights, found = self.truth.rights(self.now), self.found(text)
        self.figures.shown.update(one.canary.group for one in found)
        wrong = [
            f"{person.email} was shown {one.name} by {what}" for one in found if not rights.sees(person.email, one)
        ]
        self.harm += wrong
        self.story += [f"!!! {one}" for one in wrong]

    def judge(self) -> None:
        """What stands in the files was rightly written, and what is for nobody holds nothing."""
        for file_id, truth in self.truth.files.items():
            stands = self.found(json.dumps(pack_file(truth.file), default=str))
            self.harm += [f"{one.name} stands in {file_id}" for one in stands if one.name not in truth.written]
            row = self.ground.read(sheets.file_unscoped, file_id)
            self.figures.paused[row.reason if row else "not bound"] += 1
        for what, text in self._unseen():
            self.harm += [f"{one.name} is in the {what}" for one in self.found(text)]
        for what, text in self._kept():
            told = [one for one in self.found(text) if one.canary.group not in NUMBERS]
            self.harm += [f"{one.name} is in the {what}" for one in told]
        if self.harm:
            raise LeakError(self.told_story())

    def _unseen(self) -> Iterable[tuple[str, str]]:
        """What is for nobody who is asked about here."""
        yield "log", re.sub(r'"timestamp": "[^"]*"', "", self.ground.log.getvalue())
        yield "jobs", " ".join(f"{one.kind} {one.subject}" for one in self.ground.rig.wake.ran)
        yield "metrics", FIGURE.sub("", self.ground.product.app.test_client().get("/metrics").get_data(as_text=True))
        with self.services.store.read() as tx:
            yield "history", " ".join(map(str, tx.execute(sa.select(flushes))))

    def _kept(self) -> Iterable[tuple[str, str]]:
        """What is kept for owners: it may name an order by its number, and nothing else about it."""
        with self.services.store.read() as tx:
            yield "record", " ".join(map(str, tx.execute(sa.select(audit.c.deed, audit.c.subject, audit.c.body))))
            yield "proofs", " ".join(map(str, tx.execute(sa.select(proofs.c.verdict, proofs.c.body))))

    def found(self, text: str) -> list[Planted]:
        """The canaries in it."""
        return self.ground.hunter.find(text)

    def told_story(self) -> str:
        return "\n".join(
            ["", *self.story, "At rest:", *(f"- {one}" for one in dict.fromkeys(self.harm)), repr(self.case)]
        )
