"""Binding a tab and looking after it: the form, the explicit yes, status with progress and history, stopping.

Form fields: `tab` (a tab's id, or NEW_TAB), `tab_name`, `days_back`, `keep_days`, `audience`, `ticking` (on, or
absent). Parameters: `profile_id`, `binding_id`, and for the explicit yes the form's values again.
"""

from dataclasses import dataclass, field

from cards.actions import Action, Link, Press
from cards.archive import USUAL, Keeping, finished_orders, how_long
from cards.backfill import ALL_WE_HOLD, Reach, how_far_back, older_orders, under_way
from cards.changed import Changed, changed_profile
from cards.history import HistoryLine, short_line, try_again
from cards.home import TabLine, tab_state
from cards.icons import Icon, icon
from cards.layout import Card, Section, card, field_error, footer, heading, section
from cards.markup import bold, faint, joined
from cards.people_words import OwnRoleName, role_choices, role_title
from cards.reports import reports_line
from cards.trouble import panel
from cards.whereabouts import find_field
from cards.widgets import (
    Button,
    Choice,
    Style,
    Widget,
    button,
    buttons,
    check_boxes,
    dropdown,
    line,
    paragraph,
    radio,
    text_field,
)
from cards.words import Words

NEW_TAB = "new"
HISTORY_LINES = 3  # passes on the tab's own card; all of them have a card of their own
TAB_NAME_LIMIT = 100  # characters of a tab's name, as Google Sheets allows


@dataclass(frozen=True, slots=True)
class TabChoice:
    """A tab of the open file. `remark` says what is in it ("Empty", "120 rows of your own")."""

    tab: str
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BindForm:
    """Where to write a profile and for whom. `audience` is fixed (one entry) once the file has one.

    `is_ticking`: whether countdowns are to tick every minute; None where that is no question. `own_roles`: the
    account's own among the audiences. `is_settled`: its rows are settled transactions. `keep_days` "": none is ever
    finished with.
    """

    profile_id: str
    profile_name: str
    audiences: tuple[str, ...]
    audience: str
    tabs: tuple[TabChoice, ...] = ()
    tab: str = NEW_TAB
    tab_name: str = ""
    is_ticking: bool | None = None
    days_back: str = ALL_WE_HOLD
    keep_days: str = USUAL
    tab_error: str = ""
    audience_error: str = ""
    own_roles: tuple[OwnRoleName, ...] = ()
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmBind:
    """What needs an explicit yes before the first write: the chosen tab `tab_name` already holds something."""

    profile_id: str
    profile_name: str
    audience: str
    tab: str
    tab_name: str
    is_ticking: bool = False
    days_back: str = ALL_WE_HOLD
    keep_days: str = USUAL


@dataclass(frozen=True, slots=True)
class SheetStatus:
    """One bound tab. `next_check_s`: seconds until the next scheduled check; `history`: of its file, newest first.

    `is_failing`: the last pass failed and the next one is waited for. `consent_day`: since when the writer, a person,
    lets us write as them; empty for a service account. `is_own_consent`: the viewer is that person.
    """

    tab: TabLine
    tab_url: str
    audience: str
    shop_names: tuple[str, ...] = ()
    next_check_s: int | None = None
    writer_name: str = ""
    reach: Reach = field(default_factory=Reach)
    history: tuple[HistoryLine, ...] = ()
    is_failing: bool = False
    report_count: int = 0
    changed: Changed | None = None
    keeping: Keeping = field(default_factory=Keeping)
    consent_day: str = ""
    is_own_consent: bool = False
    can_sum_up: bool = False
    may: frozenset[Action] = frozenset()


@dataclass(frozen=True, slots=True)
class ConfirmStop:
    """What happens when a tab is no longer updated."""

    binding_id: str
    tab_name: str
    rows: int


def bind_form(view: BindForm, words: Words) -> Card:
    """Which tab, and for whom it is written."""
    tabs = [Choice(NEW_TAB, words("A new tab"), view.tab == NEW_TAB)]
    tabs += [Choice(each.tab, each.name, view.tab == each.tab, each.remark) for each in view.tabs]
    rows = words("Transactions to fetch") if view.is_settled else words("Orders to fetch")
    where = section(
        dropdown("tab", words("Write to"), tabs),
        text_field("tab_name", words("Name of the new tab"), value=view.tab_name, limit=TAB_NAME_LIMIT),
        field_error(view.tab_error, words),
        how_far_back(rows, view.days_back, words),
        how_long(view.keep_days, words) if view.keep_days else [],
        header=words("Where"),
    )
    whom = section(
        radio(
            "audience",
            words("Everyone who opens this file is"),
            role_choices(view.audiences, view.audience, words, own=view.own_roles),
        ),
        field_error(view.audience_error, words),
        paragraph(faint(words("A file is for one role. Whoever can open it sees every tab we write."))),
        header=words("For whom"),
    )
    ticks = Choice(
        "on",
        words("Let countdowns tick every minute"),
        view.is_ticking or False,
        words("Sets this file's recalculation to every minute"),
    )
    clock = section([] if view.is_ticking is None else [check_boxes("ticking", words("Countdowns"), [ticks])])
    submit = button(words("Connect this tab"), Press(Action.BIND, {"profile_id": view.profile_id}))
    other = button(words("Change profile"), Press(Action.CHOOSE_PROFILE), style=Style.BORDERLESS)
    return card(heading(words("Connect a tab"), view.profile_name), [where, whom, clock], fixed=footer(submit, other))


def confirm_bind(view: ConfirmBind, words: Words) -> Card:
    """What happens to what the tab holds, then the yes."""
    said = section(
        line(bold(words("This tab is not empty")), top=view.tab_name, start=icon(Icon.WARNING, words)),
        paragraph(words("We add our columns to the left of it and a row for the headers. Nothing is written over.")),
        paragraph(words("To keep it as it is, choose a new tab.")),
    )
    known = {"profile_id": view.profile_id, "tab": view.tab, "tab_name": view.tab_name, "audience": view.audience}
    known |= {"days_back": view.days_back, "keep_days": view.keep_days}
    ticking = {"ticking": "on"} if view.is_ticking else {}
    submit = button(words("Connect anyway"), Press(Action.CONFIRM_BIND, {**known, **ticking}))
    back = Press(Action.BIND_FORM, {"profile_id": view.profile_id})
    change = button(words("Change"), back, style=Style.BORDERLESS)
    return card(heading(words("Before we write"), view.profile_name), [said], fixed=footer(submit, change))


def sheet_status(view: SheetStatus, words: Words) -> Card:
    """Trouble, freshness or progress, facts, history, and what can be done."""
    trouble = view.tab.trouble
    return card(
        heading(view.tab.tab_name, view.tab.profile_name),
        [
            *([panel(trouble, view.may, words)] if trouble is not None else []),
            section(_state(view, words), _deeds(view, words)),
            section(try_again(view.may, words) if view.is_failing and trouble is None else []),
            section(reports_line(view.report_count, view.tab.binding_id, view.may, words)),
            changed_profile(view.changed, view.may, words),
            _facts(view, words),
            _history(view, words),
            older_orders(view.reach, view.tab.binding_id, view.may, words),
            finished_orders(view.keeping, view.tab.binding_id, view.may, words),
            section(find_field(words) if Action.WHERE_IS in view.may else []),
            section(_care(view, words)),
        ],
    )


def _state(view: SheetStatus, words: Words) -> list[Widget]:
    if view.tab.trouble is None and view.tab.progress is not None:
        return under_way(view.tab.progress, view.tab.binding_id, view.may, words)
    if view.tab.trouble is not None:
        rows = words.plural("{count} row", "{count} rows", view.tab.rows)
        last = "" if view.tab.updated_s is None else words("Updated {moment}", moment=words.ago(view.tab.updated_s))
        return [line(rows, bottom=last, start=icon(Icon.SHEET, words))]
    sign, state, remark = tab_state(view.tab, words)
    return [line(bold(state), bottom=remark, start=icon(sign, words))]


def _deeds(view: SheetStatus, words: Words) -> list[Widget]:
    known = {"binding_id": view.tab.binding_id}
    is_calm = view.tab.trouble is None
    refresh = Action.REFRESH_NOW in view.may and is_calm and view.tab.progress is None
    is_next = is_calm and not (view.is_failing and Action.TRY_NOW in view.may)
    style = Style.FILLED if is_next and not refresh else Style.OUTLINED
    now = Style.FILLED if is_next else Style.OUTLINED
    return buttons(
        button(words("Refresh now"), Press(Action.REFRESH_NOW, known), style=now) if refresh else None,
        button(words("Refresh status"), Press(Action.REFRESH_STATUS, known), style=style),
        button(words("Open the tab"), Link(view.tab_url), style=Style.BORDERLESS),
    )


def _facts(view: SheetStatus, words: Words) -> Section:
    next_check = "" if view.next_check_s is None else words.ago(-view.next_check_s)
    facts = (
        (words("Written for"), role_title(view.audience, words), Icon.SEEN),
        (words("Shops"), ", ".join(view.shop_names[:5]), Icon.STORE),
        (words("Next full check"), next_check, Icon.CLOCK),
    )
    known = [line(said, top=label, start=icon(sign, words)) for label, said, sign in facts if said]
    return section(known, _writer(view, words))


def _writer(view: SheetStatus, words: Words) -> Widget | None:
    """Who writes: an account of ours, or a person by their consent, which its giver can end from here."""
    if not view.writer_name:
        return None
    if not view.consent_day:
        return line(view.writer_name, top=words("Written by"), start=icon(Icon.WRITER, words))
    since = words("By their consent of {day}", day=view.consent_day)
    label = words("Writes as")
    if view.is_own_consent:
        since, label = words("By your consent of {day}", day=view.consent_day), words("Writes as you")
    on = Press(Action.OWN_CONSENTS) if view.is_own_consent and Action.OWN_CONSENTS in view.may else None
    return line(view.writer_name, top=label, bottom=since, start=icon(Icon.WRITER, words), on=on)


def _history(view: SheetStatus, words: Words) -> Section:
    lines = [short_line(each, words) for each in view.history[:HISTORY_LINES]]
    if not lines:
        return section()
    whole = button(words("Show the whole history"), Press(Action.HISTORY), style=Style.BORDERLESS)
    return section(lines, buttons(whole) if Action.HISTORY in view.may else None, header=words("History"))


def _care(view: SheetStatus, words: Words) -> list[Widget]:
    known = {"binding_id": view.tab.binding_id}

    def deed(label: str, action: Action) -> Button | None:
        return button(label, Press(action, known), style=Style.BORDERLESS) if action in view.may else None

    rest = deed(words("Pause"), Action.PAUSE) if view.tab.trouble is None else None
    check = deed(words("Check sharing"), Action.CHECK_SHARING)
    whole = deed(words("Add a summary tab"), Action.MAKE_SUMMARY) if view.can_sum_up else None
    proof, stop = deed(words("Prove it"), Action.PROOF), deed(words("Stop updating"), Action.STOP)
    return buttons(whole, rest, check, proof, stop)


def confirm_stop(view: ConfirmStop, words: Words) -> Card:
    """What stops and what stays, then the button."""
    rows = words.plural("{count} row stays as it is", "{count} rows stay as they are", view.rows)
    said = section(
        line(joined((bold(view.tab_name),)), bottom=rows, start=icon(Icon.SHEET, words)),
        paragraph(words("We stop updating this tab and forget which rows were ours. Nothing is deleted in the sheet.")),
        paragraph(words("To rest for a while only, pause it instead.")),
    )
    known = {"binding_id": view.binding_id}
    submit = button(words("Stop updating"), Press(Action.CONFIRM_STOP, known))
    keep = button(words("Pause instead"), Press(Action.PAUSE, known), style=Style.BORDERLESS)
    return card(heading(words("Stop updating a tab")), [said], fixed=footer(submit, keep))
