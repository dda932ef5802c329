"""A profile was changed, and a tab takes the change over: what it would be, and doing it.

A tab shows its profile as it was when it was connected, until somebody who may connect tabs says otherwise. Saying so
is one transaction, checked as a new binding is; the passes do the rest.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from service.core.changes import Change, change_of, check_change, reshaping_of, stored
from service.core.profiles import Profile, may_see
from service.core.roles import Actor, Audience
from service.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from service.flows import Services, bind, design, filling
from service.flows.tab_setup import SETTING_UP
from service.google.identities import UserIdentity
from service.store import archives, deeds, leases, people, reports, rows, sheets
from service.store import reshaping as store
from service.store.records import AccountRow, BindingRow
from service.store.reports import Kind
from service.store.session import Tx


@dataclass(frozen=True, slots=True)
class Adoption:
    """A tab whose profile was changed. `refusal`: why the tab cannot take it, None when it can. `version` tells this
    state of the profile from others.
    """

    row: BindingRow
    profile: Profile
    change: Change
    refusal: Problem | None
    version: str


def waiting(services: Services, actor: Actor, spreadsheet_id: str, binding_id: str) -> Adoption | None:
    """What the tab would take over; None when it shows its profile as it is. NotFound for a tab of another file."""
    with services.store.read() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        if row.archive_of is not None:  # it follows the tab it belongs to
            return None
        return _waiting(tx, actor, people.account(tx, actor.account_id), row)


def waiting_in(services: Services, actor: Actor, spreadsheet_id: str, profile_id: str) -> list[Adoption]:
    """The tabs of the open file that were connected with this profile and show it as it was before."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        mine = [row for row in sheets.bindings_in(tx, spreadsheet_id) if row.account_id == actor.account_id]
        asked = [row for row in mine if row.profile_id == profile_id and row.archive_of is None]
        found = [_waiting(tx, actor, account, row) for row in asked]
    return [one for one in found if one is not None]


def _waiting(tx: Tx, actor: Actor, account: AccountRow, row: BindingRow) -> Adoption | None:
    """Nothing while the tab is still being made, nor for ready-made profiles, which nobody changes."""
    if row.profile_id is None or row.state in SETTING_UP:
        return None
    try:
        saved = design.saved_profile(tx, actor, row.profile_id)
    except NotFound:
        return None
    audience, bound = account.audience(row.audience), Profile.from_json(row.profile)
    change = change_of(bound, saved, audience)
    if change.is_empty:
        return None
    return Adoption(row, saved, change, _refusal(change, bound, audience), _version(row, saved))


def _refusal(change: Change, bound: Profile, audience: Audience) -> Problem | None:
    try:
        check_change(change, bound, audience)
    except (NotAllowed, BadInput, Conflict) as problem:
        return problem
    return None


def _version(row: BindingRow, saved: Profile) -> str:
    """The same for the same profile and the same tab, whatever happened in between."""
    both = json.dumps([saved.to_json(), Profile.from_json(row.profile).to_json()], sort_keys=True)
    return hashlib.sha256(both.encode()).hexdigest()[:16]


def adopt(
    services: Services, actor: Actor, identity: UserIdentity, spreadsheet_id: str, binding_id: str, *, version: str
) -> str:
    """The tab shows the profile as it is now, from the next pass on. Returns the tab's title.

    Conflict when the profile or the tab is no longer what the person was shown, or when somebody can open the file who
    may not see a new column; the profile's own reasons where the file's audience may not see all of it.
    """
    found = _shown(waiting(services, actor, spreadsheet_id, binding_id), version)
    bind.prove_editor(services, identity, spreadsheet_id)
    if found.change.added:
        bind.check_readers(services, actor, identity, spreadsheet_id, profile=found.change.after)
    with services.store.write() as tx:
        row = sheets.binding_in(tx, actor.scope, spreadsheet_id, binding_id)
        account = people.account(tx, actor.account_id)
        found = _shown(_waiting(tx, actor, account, row), version)  # it may have been changed since we looked
        _take_over(services, tx, found, account.audience(row.audience))
        _follow(services, tx, actor, account, row)
        deeds.record(
            tx, actor.account_id, sub=actor.sub, deed="adopt-profile", subject=f"{found.profile.name}: {row.tab_title}",
            at=services.clock.now(), spreadsheet_id=spreadsheet_id,
        )  # fmt: skip
        leases.unqueue_file(tx, spreadsheet_id)
        services.wake.sheet(tx, spreadsheet_id)
    return row.tab_title


def _shown(found: Adoption | None, version: str) -> Adoption:
    """What the person was shown, and may have."""
    if found is None:
        raise Conflict("This tab shows the profile as it is now.")
    if found.version != version:
        raise Conflict("The profile was changed once more. Look again at what would happen.")
    if found.refusal is not None:
        raise found.refusal
    return found


def _follow(services: Services, tx: Tx, actor: Actor, account: AccountRow, row: BindingRow) -> None:
    """The archive of the tab shows the same columns as the tab does from now on."""
    archive = archives.archive_of(tx, row.id)
    if archive is None:
        return
    found = _waiting(tx, actor, account, archive)
    if found is not None and found.refusal is None:
        _take_over(services, tx, found, account.audience(archive.audience))
    elif archive.state in SETTING_UP:  # its tab is made with them
        live = sheets.binding_in(tx, actor.scope, row.spreadsheet_id, row.id)
        sheets.update_binding(tx, archive.id, profile=Profile.from_json(live.profile).to_json())


def _take_over(services: Services, tx: Tx, found: Adoption, audience: Audience) -> None:
    """The binding has the profile and knows what is still to be done in its tab; its rows are dirty."""
    row, change, now = found.row, found.change, services.clock.now()
    reshaping = reshaping_of(row.profile).plus(change, services.new_id(), now)
    after = replace(row, profile=stored(change.after, reshaping))
    sheets.update_binding(tx, row.id, profile=after.profile)
    if row.reason == design.RIGHTS:  # its readers may see all that it shows from now on
        sheets.update_binding(tx, row.id, state="live", reason="", reason_text="")
    for kind in (Kind.COLUMN_DELETED, Kind.COLUMN_REPLACED):
        reports.forget(tx, row.id, kind, [column.key for column in (*change.added, *change.removed)])
    if _is_taken_away(change, Profile.from_json(row.profile), audience):
        rows.mark_all(tx, row.id, now)
    else:
        store.mark_as_fill(tx, row.id, now)
    if change.has_filter:
        _look_through_all(services, tx, after)


def _is_taken_away(change: Change, before: Profile, audience: Audience) -> bool:
    """Whether something in the sheet is none of its readers' business any more: that goes before everything else."""
    old, new = before.row_filter, change.after.row_filter
    is_other_place = (old.shop_ids, old.warehouse_ids) != (new.shop_ids, new.warehouse_ids)
    return is_other_place or any(not may_see(column.key, audience) for column in change.removed)


def _look_through_all(services: Services, tx: Tx, row: BindingRow) -> None:
    """Every order we hold is looked at once more: those that fit now get a row."""
    fresh = filling.counted(tx, replace(row, fill_at=filling.BEGIN))
    sheets.update_binding(
        tx,
        row.id,
        fill_at=fresh.fill_at,
        fill_total=fresh.fill_total,
        fill_seen=0,
        fill_started_at=services.clock.now(),
        fill_stopped_at=None,
    )
