"""A file for every audience, with every column that the product grants it, and what is sent about each."""

import json
from collections.abc import Sequence
from contextlib import suppress

from house.canary_stage import OFF_AGAIN, Stage, change
from team import ROLES

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.presets import PRESETS
from service.core.profiles import Profile
from service.core.roles import Role
from service.core.rows import Grain
from service.errors import BadInput, NotAllowed
from service.flows import care, design
from service.store import reports, rows

GRAINS = {"order": "preset:sales_by_order", "line": "preset:sla_watch_list"}


def stream_to_everybody(stage: Stage, switches: str) -> None:
    """A file per audience, with a tab per grain that shows every column the product grants; then the orders change."""
    plain = {grain: one_column(stage, grain, switches) for grain in GRAINS}
    for role in ROLES:
        sheet = stage.product.sheet(stage.team.people["owner"], f"For {role}")
        by_order = everything_for(stage, role, plain["order"], list(COLUMNS))
        granted = [column.key for column in profile_of(stage, by_order).columns]
        of_lines = [key for key, one in COLUMNS.items() if Grain.ORDER not in one.grains]
        by_line = everything_for(stage, role, plain["line"], [*granted, *of_lines])
        refs = [ref for ref in (by_order, by_line, *presets_for(stage, role)) if fits(stage, ref, role)]
        for ref in refs:
            stage.team.bind(ref, role=role, sheet=sheet)
        if refs:
            stage.sheets.append((role, sheet))
    let_orders_change(stage)
    collect_files(stage, switches)


def one_column(stage: Stage, grain: str, switches: str) -> str:
    """A profile of the owner's that shows nothing but the status, and takes every order."""
    services, actor = stage.product.services, stage.owner
    ref = design.clone(services, actor, GRAINS[grain], name=f"Plain, by {grain}, {switches}")
    design.save_filter(services, actor, ref, RowFilter())
    for column in profile_of(stage, ref).columns:
        if column.key != "status":
            design.remove_column(services, actor, ref, column.key)
    return ref


def everything_for(stage: Stage, role: str, plain: str, keys: Sequence[str]) -> str:
    """A profile with each of these columns that the role is granted, all of them asked for."""
    services, actor = stage.product.services, stage.owner
    name = f"{profile_of(stage, plain).name} for {role}"
    ref = design.clone(services, actor, plain, name=name)
    with suppress(NotAllowed):
        design.save_profile(services, actor, ref, name=name, role=Role(role))
        add_granted(stage, ref, [key for key in keys if key != "status"])
    return ref


def profile_of(stage: Stage, ref: str) -> Profile:
    return design.profile_for(stage.product.services, stage.owner, ref).profile


def add_granted(stage: Stage, ref: str, keys: Sequence[str]) -> None:
    """All of these that the product lets into the profile: halved until what is refused stands alone."""
    with suppress(NotAllowed, BadInput):
        design.add_columns(stage.product.services, stage.owner, ref, keys)
        return
    if len(keys) > 1:
        add_granted(stage, ref, keys[: len(keys) // 2])
        add_granted(stage, ref, keys[len(keys) // 2 :])


def fits(stage: Stage, ref: str, role: str) -> bool:
    designed = design.profile_for(stage.product.services, stage.owner, ref, Role(role))
    return design.refusal(stage.product.services, stage.owner, designed) is None


def presets_for(stage: Stage, role: str) -> list[str]:
    """The ready-made profiles that are meant for this role and may be written for it now."""
    refs = [f"preset:{preset.key}" for preset in PRESETS.values() if preset.audiences[0] == role]
    return [ref for ref in refs if fits(stage, ref, role)]


def report_everything(stage: Stage) -> str:
    """The tab of the watch list has a report of each kind, about its rows and its columns; the id of one of them."""
    services, (binding, *_rest) = stage.product.services, stage.team.bindings()
    with services.store.write() as tx:
        keys = [row.row_key for row in rows.sample(tx, binding.id, limit=9)]
        for kind in reports.Kind:
            subjects = ("items", "sla_due", "status") if kind.startswith("column") else keys
            ids = {subject: services.new_id() for subject in subjects}
            places = dict.fromkeys(subjects, "B2")
            reports.report(tx, ids, binding.id, kind, places=places, now=services.clock.now())
        return reports.open_reports(tx, binding.id, limit=1)[0].id


def let_orders_change(stage: Stage) -> None:
    """Each order gets another deadline, message and name of its delivery: every file is written once more."""
    stage.rounds += 1
    later = {
        "buyer_message": "again zqmessage{}" + "." * stage.rounds,
        "delivery_option_name": "Zqdelivery{}" + "." * stage.rounds,
    }
    change(
        stage,
        {
            order_id: {name: value.format(number) for name, value in later.items()}
            for number, order_id in enumerate(stage.order_ids, 1)
        },
    )


def collect_files(stage: Stage, switches: str) -> None:
    """What was sent about each file since the last time, and what stands in it."""
    for role, sheet in stage.sheets:
        sent = [(f"{one.method} {one.url}", one.body) for one in stage.tap.about(sheet.spreadsheet_id)]
        shown = [(f"tab {tab}", json.dumps(sheet.grid(tab))) for tab in sheet.tabs()]
        stage.product.clock.advance(20)  # who looks has a quota too
        stage.told.files[role, switches] += sent if switches == OFF_AGAIN else [*sent, *shown]
    stage.tap.sent.clear()


def leave_all_files_but_one(stage: Stage) -> None:
    """What comes afterwards is about one file, and takes less time with fewer of them."""
    for _role, sheet in stage.sheets:
        if sheet is not stage.team.sheet:
            for row in stage.team.bindings(sheet):
                care.stop(stage.product.services, stage.owner, sheet.spreadsheet_id, row.id)
