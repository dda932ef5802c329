"""What people did to a tab, and the buttons that put it right or leave it so."""

from cards.reply import Reply, Show
from cards.reports import ReportKind, ReportLine, Reports
from service.core.profiles import Profile
from service.flows import archive_care, design, overview, repairs, reporting
from service.flows.reporting import TabReports, Told
from service.web.ask import Ask
from service.web.handlers.lines import TAB_URL, seconds_since
from service.web.handlers.sheet import form_view
from service.web.handlers.welcome import home_view, standing_anew


def reports(ask: Ask) -> Reply:
    """Everything reported of a tab. `binding_id`."""
    return Reply(_view(ask, ask.param("binding_id")))


def restore_row(ask: Ask) -> Reply:
    """A deleted row is on its way back. `report_id`."""
    binding_id = reporting.restore_row(ask.services, ask.actor, ask.spreadsheet_id, ask.param("report_id"))
    return _seen(ask, binding_id, ask.words("The row comes back at the end of the tab"))


def repair_key(ask: Ask) -> Reply:
    """The key stands in its cell again. `report_id`."""
    binding_id = repairs.repair_key(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("report_id"))
    return _seen(ask, binding_id, ask.words("The key is back"))


def remove_copy(ask: Ask) -> Reply:
    """One copy of a row is cleared. `report_id`."""
    binding_id = repairs.remove_copy(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, ask.param("report_id"))
    return _seen(ask, binding_id, ask.words("The copy is cleared"))


def restore_column(ask: Ask) -> Reply:
    """A column of ours stands in the tab again. `report_id`."""
    report_id = ask.param("report_id")
    binding_id = repairs.restore_column(ask.services, ask.actor, ask.identity, ask.spreadsheet_id, report_id)
    return _seen(ask, binding_id, ask.words("The column is back and fills itself"))


def take_note(ask: Ask) -> Reply:
    """It stays as it is. `report_id`."""
    binding_id = reporting.take_note(ask.services, ask.actor, ask.spreadsheet_id, ask.param("report_id"))
    return _seen(ask, binding_id, ask.words("Left as it is"))


def accept_missing(ask: Ask) -> Reply:
    """The rows that disappeared at once were deleted on purpose. `binding_id`."""
    count = reporting.accept_missing(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    toast = ask.words.plural("We go on without {count} row", "We go on without {count} rows", count)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=toast)


def restore_missing(ask: Ask) -> Reply:
    """The rows that disappeared at once are written again. `binding_id`."""
    count = reporting.restore_missing(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    toast = ask.words.plural("{count} row comes back", "{count} rows come back", count)
    return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=toast)


def move_tab(ask: Ask) -> Reply:
    """Where to write instead of a tab that is gone: the form for its profile; an archive is made anew. `binding_id`."""
    _file, tab = overview.open_tab(ask.services, ask.actor, ask.spreadsheet_id, ask.param("binding_id"))
    if tab.row.archive_of is not None:
        archive_care.anew(ask.services, ask.actor, ask.spreadsheet_id, tab.row.id)
        return Reply(home_view(standing_anew(ask)), Show.ROOT, toast=ask.words("A new archive is being made"))
    return Reply(form_view(ask, _ref(tab.row.profile_id, tab.profile)))


def _ref(profile_id: str | None, profile: Profile) -> str:
    return profile_id or f"{design.PRESET_PREFIX}{profile.preset}"


def _seen(ask: Ask, binding_id: str, toast: str) -> Reply:
    return Reply(_view(ask, binding_id), Show.UPDATE, toast=toast)


def _view(ask: Ask, binding_id: str) -> Reports:
    found = reporting.reported(ask.services, ask.actor, ask.spreadsheet_id, binding_id)
    return Reports(
        binding_id=binding_id,
        tab_name=found.row.tab_title,
        lines=tuple(_line(ask, found, each) for each in found.told),
        count=found.count,
        missing=found.missing,
        may=ask.may,
    )


def _line(ask: Ask, found: TabReports, told: Told) -> ReportLine:
    report = told.report
    tab = TAB_URL.format(spreadsheet_id=ask.spreadsheet_id, sheet_id=found.row.sheet_id)
    return ReportLine(
        report_id=report.id,
        kind=ReportKind(report.kind),
        name=told.name,
        ago_s=seconds_since(ask.services.clock.now(), report.seen_at),
        place=report.place,
        url=f"{tab}&range={report.place}" if report.place else "",
    )
