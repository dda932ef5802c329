"""Columns of a changed profile come into their tab and go out of it: what is to be done beside the rows themselves.

New columns are put in at the right of ours, before any row is written; taken-out ones are cleared row by row by the
flushes, which know what is ours and what a person's, and lose their heading and mark when no row shows them any more.
Level-triggered: what is left to do is kept beside the profile, so that a kill or a lost answer anywhere costs nothing
but time. Called under the spreadsheet's lease.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.core.changes import Reshaping, stored
from service.core.profiles import ChosenColumn
from service.core.roles import Audience
from service.flows import due_rows, looks, quota, refused, sources
from service.flows.memory import Blanked
from service.flows.passes import LEAKING, ChangedError, Pass, hold, name_cells, pause_binding
from service.flows.sources import Bound
from service.google import grid, outgoing, setup
from service.google.grid import Json
from service.google.headnotes import top_filter
from service.google.outgoing import Heads, Top
from service.google.problems import FileFull, RequestRefused
from service.google.rules import HeaderColumn
from service.google.tabs import OwnedTab
from service.store import intents, sheets
from service.store import reshaping as store
from service.store.records import BindingRow, IntentRow
from service.store.session import Tx


def is_due(tx: Tx, bound: Bound) -> bool:
    """Whether the next pass has something to do here: new columns to put in, or old ones that no row shows any more
    and that no call of ours can still reach.
    """
    if bound.row.state != "live" or bound.reshaping.is_done:
        return False
    is_coming = bool(bound.reshaping.coming) and not _is_outrun(tx, bound)
    return is_coming or _are_rows_done(tx, bound)


def _is_outrun(tx: Tx, bound: Bound) -> bool:
    """Whether a write of an earlier change may still arrive that puts in, or takes down, a column on its way now: what
    it does stands there then, and is gone on with.
    """
    parts = intents.open_parts(tx, bound.row.spreadsheet_id, bound.row.id)
    return any(
        part.get("coming", {}).get(key, asked) != asked or key in part.get("leaving", ())
        for part in parts
        for key, asked in bound.reshaping.coming.items()
    )


def _are_rows_done(tx: Tx, bound: Bound) -> bool:
    if not bound.reshaping.leaving or store.is_any_older(tx, bound.row.id, bound.reshaping.since):
        return False
    return not store.is_any_unanswered(tx, bound.row.spreadsheet_id, bound.row.id)


def is_any_due(tx: Tx, spreadsheet_id: str) -> bool:
    """The same for a spreadsheet: whether any tab of it waits for such a pass."""
    return any(is_due(tx, sources.without_mask(row)) for row in sheets.bindings_in(tx, spreadsheet_id))


def unfinished(tx: Tx) -> list[BindingRow]:
    """Bindings of live files that a pass should look at, whether or not a row of theirs is dirty. For the sweep."""
    return [row for row in store.unfinished(tx) if is_due(tx, sources.without_mask(row))]


def advance(this: Pass, live: Sequence[Bound], audience: Audience) -> list[Bound]:
    """The tabs' columns are as their profiles want them, as far as that can be now. The bindings as they are then."""
    with this.services.store.read() as tx:
        due = [one for one in live if is_due(tx, one)]
    if due and not this.may_write():
        this.tally.remarks.append(LEAKING)
        return list(live)
    for one in due:
        _Shaper(this, one, audience).work()
    if not due:
        return list(live)
    with this.services.store.read() as tx:
        found = sheets.bindings_in(tx, this.file.spreadsheet_id)
    return [sources.open_binding(this.services, row) for row in found if row.state == "live"]


class _Shaper:
    """One tab: what stands in it, what is to come, what is to go."""

    def __init__(self, this: Pass, bound: Bound, audience: Audience) -> None:
        self._this, self._bound, self._audience = this, bound, audience
        self._tab = whole_tab(bound, audience)

    def work(self) -> None:
        """Either the new columns are put in, or what is left of the old ones goes; the other waits for the next pass.

        One that Google refuses rests, and keeps nothing else of the file waiting.
        """
        quota.take_care(self._this.services, self._this.identity, read=1, write=1)
        top = self._look()
        if top is None:
            pause_binding(self._this, self._bound.row.id, "tab-gone", self._bound.row.tab_title)
            return
        if self._tab.key_column not in top.view.columns:
            return  # the flush pauses the tab and says so
        try:
            if self._bound.reshaping.coming:
                self._put_in(top)
            else:
                self._take_out(top)
        except RequestRefused as problem:
            if isinstance(problem, FileFull):
                raise
            refused.pause(self._this, self._bound.row.id, problem)

    # --- coming ------------------------------------------------------------------------------------------------------

    def _put_in(self, top: Top) -> None:
        """New columns stand at the right of ours: found there, or put in now. People's columns beside them move."""
        lacking = [key for key in self._bound.reshaping.coming if top.marked(key) is None]
        if lacking:
            asked = {key: self._bound.reshaping.coming[key] for key in lacking}
            seen = self._send_once(top, self._new_columns(top, lacking), {"coming": asked})
            if seen is None or any(seen.marked(key) is None for key in lacking):
                self._this.tally.raced = True
                return
            self._say("columns added", lacking)
            top = seen
        columns = [one for one in self._looks(top) if one.key in self._bound.reshaping.coming]
        if headless := outgoing.headless(top, self._tab, columns):
            self._name_again(top, headless)
        self._arrive()

    def _name_again(self, top: Top, headless: Mapping[tuple[int, int], outgoing.Lost]) -> None:
        """Columns that were being taken down when somebody wanted them again have their headings once more."""
        quota.take_care(self._this.services, self._this.identity, write=1)
        seen = self._send_once(top, outgoing.give_back(self._tab, headless), {"coming": {}})
        lost = outgoing.misplaced(top, seen, self._tab, Heads(headless, headless)) if seen is not None else {}
        if seen is not None and lost:
            self._give_back(seen, lost)
        if seen is None or lost:
            self._this.tally.raced = True
            raise ChangedError

    def _new_columns(self, top: Top, keys: Sequence[str]) -> list[Json]:
        ours = [at for key, at in top.view.columns.items() if key not in top.view.proposed]
        first = max(ours or top.view.columns.values()) + 1
        columns = {one.key: one for one in self._looks(top)}
        return [
            request
            for offset, key in enumerate(keys)
            for request in setup.one_column(
                self._tab.sheet_id,
                index=first + offset,
                column_count=top.view.column_count + offset,
                header_row=self._tab.header_row,
                owner=(self._bound.row.id, self._bound.reshaping.coming[key]),
                column=columns[key],
            )
        ]

    def _looks(self, top: Top) -> list[HeaderColumn]:
        return looks.header_columns(self._bound.profile, self._audience, locale=top.locale)

    # --- leaving -----------------------------------------------------------------------------------------------------

    def _take_out(self, top: Top) -> None:
        """What of ours is at the heads of the columns goes first, then our marks: while a mark stands, a column is
        known wherever it is moved to.
        """
        profile, leaving = self._bound.profile, self._bound.reshaping.leaving
        columns = [
            looks.header_column(ChosenColumn(key, header), profile.grain, locale=top.locale)
            for key, header in leaving.items()
        ]
        heads = outgoing.heads(top, self._tab, columns)
        rules = self._rules(top, columns)
        if heads.columns or any(rules.values()):
            top = self._blank(top, heads, rules)
        requests = outgoing.mark_requests(self._tab, top, columns)
        if requests:
            quota.take_care(self._this.services, self._this.identity, write=1)
            self._send_once(top, requests, {"leaving": list(leaving)})
        self._say("columns taken out", leaving)
        with self._this.services.store.write() as tx:
            self._settle(tx, self._bound.reshaping.left())

    def _rules(self, top: Top, columns: Sequence[HeaderColumn]) -> dict[int, list[tuple[int, int]]]:
        """Grid column → rows of it that bear our validation. One read for each column that has one."""
        places = {top.marked(one.key): one.warning for one in columns if one.words}
        found = {}
        for at, warning in places.items():
            if at is None:
                continue
            quota.take_care(self._this.services, self._this.identity, read=1)
            answer = self._read(outgoing.rule_filters(self._tab, [at]), outgoing.RULE_FIELDS)
            found[at] = outgoing.ruled_rows(answer, self._tab, [warning])
        return found

    def _blank(self, top: Top, heads: Heads, rules: Mapping[int, Sequence[tuple[int, int]]]) -> Top:
        """The heads are blank, and the tab is as the answer shows it.

        ChangedError when columns were moved meanwhile: what was hit instead is put back as far as it is known, and the
        next pass tries again.
        """
        places = [list(place) for place in sorted({*heads.texts, *heads.notes})]
        intent = self._intend({"heads": places, "leaving": list(self._bound.reshaping.leaving)})
        self._this.services.memory.keep_blanked(intent.id, Blanked(top, heads))
        try:
            seen = self._send(top, outgoing.head_requests(self._tab, heads, rules))
        except RequestRefused:
            self._close(intent)
            raise
        if seen is not None:
            lost = outgoing.misplaced(top, seen, self._tab, heads)
            if lost:
                self._give_back(seen, lost)
        self._close(intent)
        if seen is None or any(seen.view.columns.get(key) != at for key, at in top.view.columns.items()):
            self._this.tally.raced = True
            raise ChangedError
        return seen

    def _give_back(self, top: Top, lost: Mapping[tuple[int, int], outgoing.Lost]) -> None:
        """Nobody waits for the quota here: what we plan leaves room below Google's own limit."""
        with self._this.services.store.write() as tx:
            name_cells(self._this, tx, [f"{top.view.title}!{grid.a1_cell(*place)}" for place in lost])
        self._this.tally.remarks.append("headings were put back that had been moved under our hands")
        self._send(top, outgoing.give_back(self._tab, lost))

    # --- calls and records -------------------------------------------------------------------------------------------

    def _look(self) -> Top | None:
        return outgoing.find(self._read([top_filter(self._tab)], outgoing.FIELDS), self._tab)

    def _read(self, filters: Sequence[Json], fields: str) -> Json:
        this = self._this
        this.tally.reads += 1
        return this.services.google.get_by_filter(
            this.identity, this.file.spreadsheet_id, filters=filters, fields=fields, budget_s=this.budget_s
        )

    def _send(self, top: Top, requests: Sequence[Json]) -> Top | None:
        this = self._this
        try:
            answer = this.services.google.batch_update(
                this.identity,
                this.file.spreadsheet_id,
                body=outgoing.top_body(self._tab, top, requests),
                fields=f"updatedSpreadsheet({outgoing.FIELDS})",
                budget_s=this.budget_s,
            )
        except RequestRefused as problem:
            refused.explain(this, problem, requests)
            raise
        finally:
            this.tally.writes += 1
        return outgoing.find(answer.get("updatedSpreadsheet", {}), self._tab)

    def _send_once(self, top: Top, requests: Sequence[Json], told: Json) -> Top | None:
        """The top of the tab after the write; one that nobody answered is on record until it can no longer arrive."""
        intent = self._intend(told)
        try:
            seen = self._send(top, requests)
        except RequestRefused:
            self._close(intent)
            raise
        self._close(intent)
        return seen

    def _intend(self, told: Json) -> IntentRow:
        """What is about to be sent is on record: the places that it names, and the columns that it puts in or takes
        down. While it may still arrive nothing is sent that it would undo.
        """
        services, binding_id = self._this.services, self._bound.row.id
        body: Json = {binding_id: {"inserted": [], "updated": [], "places": [], "columns": {}, **told}}
        intent = IntentRow(
            services.new_id(), self._this.file.spreadsheet_id, self._this.epoch, services.clock.now(), body
        )
        with services.store.write() as tx:
            hold(self._this, tx)
            self._check_still_so(tx)
            intents.add_intent(tx, intent)
        return intent

    def _close(self, intent: IntentRow) -> None:
        with self._this.services.store.write() as tx:
            intents.settle_intents(tx, [intent.id])

    def _arrive(self) -> None:
        """New columns stand there; rows that were written while these could not come yet are written again."""
        with self._this.services.store.write() as tx:
            self._settle(tx, self._bound.reshaping.arrived())
            store.mark_written_as_fill(tx, self._bound.row.id, self._this.services.clock.now())

    def _settle(self, tx: Tx, reshaping: Reshaping) -> None:
        """What was done is on record, unless somebody changed the profile once more."""
        hold(self._this, tx)
        self._check_still_so(tx)
        sheets.update_binding(tx, self._bound.row.id, profile=stored(self._bound.profile, reshaping))

    def _check_still_so(self, tx: Tx) -> None:
        row = sheets.binding_unscoped(tx, self._bound.row.id)
        if row is None or row.state != "live" or row.profile != self._bound.row.profile:
            raise ChangedError

    def _say(self, deed: str, keys: Sequence[str] | Mapping[str, str]) -> None:
        headers = self._tab.headers
        self._this.tally.remarks.append(f"{deed}: {', '.join(headers[key] for key in keys)}")


def whole_tab(bound: Bound, audience: Audience) -> OwnedTab:
    """The tab with the columns on their way in as well: they may stand there already."""
    return due_rows.owned_tab(replace(bound, reshaping=bound.reshaping.arrived()), audience)
