"""What people ask of the product beside the sheet: other columns or more orders in a tab, by its profile."""

from dataclasses import replace
from typing import TYPE_CHECKING

from service.core.profiles import Profile, key_column, may_see
from service.errors import Problem
from service.flows import adoption, design
from service.store import people, sheets

if TYPE_CHECKING:
    from stateful.deeds import Deed
    from stateful.play import Play

#: Columns that come and go.
POOL = (
    "seller_sku", "items", "qty", "provider", "tracking", "status", "flag", "note", "created_at", "updated_at",
    "delivered_at", "cancel_reason", "assignee", "market",
)  # fmt: skip


def change_profile(play: "Play", deed: "Deed") -> str:
    """The profile of a tab is changed, and the tab takes it over. Returns the sentence."""
    services, owner = play.services, play.ground.rig.owner
    live = [tab for tab in play.tabs if not tab.is_archive]
    tab = live[deed.tab % len(live)]
    with services.store.read() as tx:
        row = sheets.binding_unscoped(tx, tab.binding_id)
        audience = people.account(tx, owner.account_id).audience(row.audience)
    if not row.profile_id:
        return "Maya looks for the columns of a profile that nobody can change."
    bound = Profile.from_json(row.profile)
    chosen = {column.key for column in bound.columns}
    taken = sorted(chosen & set(POOL) - {key_column(bound, audience)})
    lacking = [key for key in POOL if key not in chosen and may_see(key, audience)]
    added = [lacking[deed.a % len(lacking)]] if lacking and deed.c % 3 != 1 else []
    removed = [taken[deed.b % len(taken)]] if taken and deed.c % 3 != 0 else []
    said = f"Maya changes the profile of {row.tab_title}: with {added}, without {removed}"
    try:
        for key in removed:
            design.remove_column(services, owner, row.profile_id, key)
        if added:
            design.add_columns(services, owner, row.profile_id, added)
        if deed.c % 5 == 0:
            said += ", whatever the status"
            everything = replace(bound.row_filter, statuses=())
            design.save_filter(services, owner, row.profile_id, everything)
        found = adoption.waiting(services, owner, play.spreadsheet_id, tab.binding_id)
        if found is not None:
            identity = play.ground.rig.identity()
            adoption.adopt(services, owner, identity, play.spreadsheet_id, tab.binding_id, version=found.version)
    except Problem as problem:
        return f"{said}. Refused: {problem.sentence}"
    play.orders.reopen(tab.binding_id)
    return f"{said}."
