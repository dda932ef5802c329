"""The sheet: binding a tab, its status and history, refreshing, pausing, stopping, its writer and its readers."""

import contextlib
from typing import Any

from cards.archive import ALWAYS, KEEP_DAYS, USUAL, Keeping
from cards.backfill import ALL_WE_HOLD, DAYS_BACK
from cards.reply import Reply, Show
from cards.sheet import NEW_TAB, BindForm, ConfirmBind, ConfirmStop, SheetStatus, TabChoice
from service.core.rows import Grain
from service.errors import BadInput, Conflict, NotGranted
from service.flows import bind as tie
from service.flows import care, consents, design, overview, reporting, standing, stream
from service.flows.bind import BindWish, TabInUse, Target
from service.flows.design import Designed
from service.flows.overview import OpenFile, OpenTab
from service.flows.summaries import can_sum_up
from service.flows.transactions import is_of_transactions
from service.flows.writers import KeptOut
from service.web.ask import Ask
from service.web.handlers.access import day_of
from service.web.handlers.changed import changed_of
from service.web.handlers.consents import offer
from service.web.handlers.lines import TAB_URL, history_line, is_failing, own_role_names, reach, role_name, tab_line
from service.web.handlers.welcome import home_view, said, standing_anew

_ERRORS = {"audience": "audience_error"} | dict.fromkeys(("tab", "tab_name", "days_back", "keep_days"), "tab_error")


# --- binding ---------------------------------------------------------------------------------------------------------


def bind_form(ask: Ask) -> Reply:
    """Where to write a profile, and for whom. `profile_id`."""
    return Reply(form_view(ask, ask.param("profile_id")))


def bind(ask: Ask) -> Reply:
    """The tab is bound. `profile_id`; form: `tab`, `tab_name`, `days_back`, `keep_days`, `audience`, `ticking`."""
    profile_id = ask.param("profile_id")
    typed = {
        "tab": ask.text("tab") or NEW_TAB,
        "tab_name": ask.text("tab_name"),
        "audience": ask.text("audience"),
        "ticking": "on" if ask.flag("ticking") else "",
        "days_back": ask.text("days_back"),
        "keep_days": ask.text("keep_days") or USUAL,
    }
    try:
        return _bind(ask, profile_id, typed, has_said_yes=False)
    except BadInput as problem:
        if problem.field not in _ERRORS:
            raise
        errors = {_ERRORS[problem.field]: said(ask, problem)}
        return ask.nothing_done(Reply(form_view(ask, profile_id, typed=typed, **errors), Show.UPDATE))


def confirm_bind(ask: Ask) -> Reply:
    """The same after an explicit yes: our columns are put beside what the tab holds. All values are parameters."""
    given = ask.event.parameters
    typed = {name: given.get(name, "") for name in ("tab", "tab_name", "audience", "ticking", "days_back", "keep_days")}
    return _bind(ask, ask.param("profile_id"), typed, has_said_yes=True)


def _bind(ask: Ask, profile_id: str, typed: dict[str, str], *, has_said_yes: bool) -> Reply:
    role = typed["audience"]
    if role not in design.roles(ask.services, ask.actor):
        raise BadInput("Choose for whom this file is.", field="audience")
    designed = design.profile_for(ask.services, ask.actor, profile_id, role)
    wish = BindWish(
        spreadsheet_id=ask.spreadsheet_id,
        profile=designed.profile,
        audience=role,
        tab=typed["tab"] or NEW_TAB,
        title=typed["tab_name"],
        wants_ticking=typed["ticking"] == "on",
        days_back=days_of(typed["days_back"]),
        window_days=keep_days_of(typed["keep_days"] or USUAL),
        has_said_yes=has_said_yes,
    )
    try:
        tie.bind(ask.services, ask.actor, ask.identity, wish)
    except TabInUse as problem:
        view = ConfirmBind(
            profile_id,
            designed.profile.name,
            role,
            wish.tab,
            problem.title,
            is_ticking=wish.wants_ticking,
            days_back=typed["days_back"] or ALL_WE_HOLD,
            keep_days=typed["keep_days"] or USUAL,
        )
        return ask.nothing_done(Reply(view))
    except KeptOut as refused:  # once they have consented, Google repeats this press
        return ask.nothing_done(Reply(offer(ask, is_forbidden=refused.is_forbidden)))
    fresh = standing_anew(ask)
    is_paused = fresh.standing.file is not None and fresh.standing.file.state == "paused"
    toast = ask.words("Connected. First look who can open this file.") if is_paused else ""
    return Reply(home_view(fresh), Show.ROOT, toast=toast or ask.words("Connected. Your rows are on their way."))


def form_view(ask: Ask, profile_id: str, *, typed: dict[str, str] | None = None, **errors: str) -> BindForm:
    """The form for a profile, with what was typed and what was wrong with it."""
    typed = typed or {}
    designed = design.profile_for(ask.services, ask.actor, profile_id)
    fitting = design.fitting_roles(ask.services, ask.actor, profile_id)
    here = tie.target(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    audiences = [role for role in fitting if here.audience in {None, role}]
    if not audiences:
        for_here = design.profile_for(ask.services, ask.actor, profile_id, here.audience)
        raise design.refusal(ask.services, ask.actor, for_here) or Conflict("Choose another profile for this file.")
    chosen = typed.get("audience", "") or (designed.role if designed.role in audiences else audiences[0])
    return BindForm(
        profile_id=profile_id,
        profile_name=designed.profile.name,
        audiences=tuple(audiences),
        audience=chosen,
        own_roles=own_role_names(design.roles(ask.services, ask.actor)),
        tabs=tuple(TabChoice(str(tab.sheet_id), tab.title) for tab in here.tabs if not tab.is_bound),
        tab=typed.get("tab", NEW_TAB),
        tab_name=typed.get("tab_name", "") or designed.profile.name,
        is_ticking=_ticking(designed, here, typed),
        days_back=typed.get("days_back", "") or ALL_WE_HOLD,
        keep_days="" if _is_of_transactions(designed) else typed.get("keep_days", "") or USUAL,
        is_settled=_is_of_transactions(designed),
        **errors,
    )


def _is_of_transactions(designed: Designed) -> bool:
    """Whether no row of it is ever finished with: what was settled stays, so that it adds up."""
    return designed.profile.grain is Grain.TRANSACTION


def days_of(chosen: str) -> int | None:
    """How many days back, None for all we hold. BadInput for what is not offered."""
    if chosen in {"", ALL_WE_HOLD}:
        return None
    if chosen not in {str(days) for days in DAYS_BACK}:
        raise BadInput("Choose one of the offered values.", field="days_back")
    return int(chosen)


def keep_days_of(chosen: str) -> int | None:
    """For how many days finished orders are kept, None for always. BadInput for what is not offered."""
    if chosen == ALWAYS:
        return None
    if chosen not in {str(days) for days in KEEP_DAYS}:
        raise BadInput("Choose one of the offered values.", field="keep_days")
    return int(chosen)


def _ticking(designed: Designed, here: Target, typed: dict[str, str]) -> bool | None:
    """Whether countdowns tick: a question only where there is one and the file recalculates on change alone."""
    has_countdown = any(column.key == "sla_left" for column in designed.profile.columns)
    return typed.get("ticking") == "on" if has_countdown and here.auto_recalc == "ON_CHANGE" else None


# --- looking ---------------------------------------------------------------------------------------------------------


def sheet(ask: Ask) -> Reply:
    """One bound tab: what was sent and when, and what can be done. `binding_id`."""
    return Reply(status_view(ask))


def refresh_status(ask: Ask) -> Reply:
    """The same anew, in place."""
    return Reply(status_view(ask), Show.UPDATE)


def refresh_now(ask: Ask) -> Reply:
    """What waits is written now, with the person's own token. `binding_id` when pressed on a tab's card."""
    is_on_tab = bool(ask.event.parameters.get("binding_id"))
    if is_on_tab:  # else a forged name would be refused after everything was written
        overview.open_tab(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    outcome = stream.refresh_now(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    return Reply(status_view(ask) if is_on_tab else home_view(ask), Show.UPDATE, toast=_told(ask, outcome))


def _told(ask: Ask, outcome: stream.RefreshOutcome) -> str:
    if outcome.status == "written":
        return ", ".join(_counted(ask, inserted=outcome.inserted, updated=outcome.updated))
    return {
        "nothing": ask.words("Everything is up to date"),
        "busy": ask.words("Rows are being written at this moment"),
        "paused": ask.words("This sheet is paused"),
    }[outcome.status]


def _counted(ask: Ask, *, inserted: int, updated: int) -> list[str]:
    """How many rows came and changed, each only where there were any."""
    added = ask.words.plural("{count} row added", "{count} rows added", inserted) if inserted else ""
    changed = ask.words.plural("{count} row changed", "{count} rows changed", updated) if updated else ""
    return [part for part in (added, changed) if part]


def status_view(ask: Ask) -> SheetStatus:
    """The card of one bound tab. `binding_id`."""
    binding_id = ask.param("binding_id")
    file, tab = overview.open_tab(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    place = TAB_URL.format(spreadsheet_id=ask.spreadsheet_id, sheet_id=tab.row.sheet_id)
    return SheetStatus(
        tab=tab_line(ask, file, tab),
        tab_url=place,
        audience=role_name(ask, tab.row.audience),
        shop_names=_shop_names(ask, tab),
        writer_name=file.status.file.writer_email,
        reach=reach(ask, tab),
        keeping=_keeping(file, tab),
        **_consent(ask, file),
        history=tuple(history_line(ask.services.clock.now(), each) for each in file.history),
        is_failing=is_failing(file.status.file, file.history),
        report_count=reporting.open_count(ask.services, ask.actor, tab.row.id),
        changed=changed_of(ask, tab.row.id),
        can_sum_up=can_sum_up(tab.row),
        may=ask.may,
    )


def _consent(ask: Ask, file: OpenFile) -> dict[str, Any]:
    """Whose consent the file is written by, and since when; nothing for our own writer."""
    found = consents.behind(ask.services, file.status.file)
    if found is None:
        return {}
    return {"consent_day": day_of(ask, found.created_at), "is_own_consent": found.sub == ask.caller.sub}


def _keeping(file: OpenFile, tab: OpenTab) -> Keeping:
    """How long the tab keeps finished orders and where older ones are; for an archive, whose it is."""
    live = next((one.row for one in file.tabs if one.row.id == tab.row.archive_of), None)
    if live is not None:
        return Keeping(live_name=live.tab_title)
    if is_of_transactions(tab.row):
        return Keeping("")
    days = ALWAYS if tab.row.window_days is None else str(tab.row.window_days)
    archive = next((one.row for one in file.tabs if one.row.archive_of == tab.row.id), None)
    return Keeping(days) if archive is None else Keeping(days, archive.tab_title, archive.row_done)


def _shop_names(ask: Ask, tab: OpenTab) -> tuple[str, ...]:
    return tuple(shop.name for shop in tab.shops) if design.sees(ask.actor, "shop_name") else ()


# --- looking after it ------------------------------------------------------------------------------------------------


def pause(ask: Ask) -> Reply:
    """Nothing is written until somebody resumes."""
    care.pause(ask.services, ask.actor, ask.spreadsheet_id)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("Paused"))


def resume(ask: Ask) -> Reply:
    """Writing goes on: of the tab that `binding_id` names, else of the file."""
    binding_id = ask.event.parameters.get("binding_id", "")
    if binding_id:
        care.resume_tab(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    else:
        care.resume(ask.services, ask.actor, ask.spreadsheet_id)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("Updates go on"))


def stop(ask: Ask) -> Reply:
    """What stops, before it does. `binding_id`."""
    _file, tab = overview.open_tab(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    return Reply(ConfirmStop(tab.row.id, tab.row.tab_title, tab.row.row_done))


def confirm_stop(ask: Ask) -> Reply:
    """The tab is no longer written. `binding_id`."""
    binding_id = ask.param("binding_id")
    file, tab = overview.open_tab(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    for stopping in [tab.row, *(one.row for one in file.tabs if one.row.archive_of == binding_id)]:
        with contextlib.suppress(NotGranted):  # without a token the tab cannot say so, and stops all the same
            standing.say_stopped(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, stopping.id)
    title = care.stop(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    toast = ask.words("{tab} is no longer updated", tab=title)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=toast)


def fix_writer(ask: Ask) -> Reply:
    """The writer may edit the file again, by the person's right to share it; or the offer to write as them."""
    try:
        care.fix_writer(ask.services, ask.actor, ask.identity, ask.spreadsheet_id)
    except KeptOut as refused:
        return Reply(offer(ask, is_forbidden=refused.is_forbidden))
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("The writer can edit this file again"))
