"""Profiles, ready-made and the account's own: which fit whom, and every small change to them.

A reference names a profile: `preset:<key>` or the id of a saved one. Ready-made ones are cloned before they change.
Each change is one small write, checked for the role the profile is written for. Tabs keep the profile they were bound
with; what happens to them when a role loses a right is `recheck`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.core import custom_roles
from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.presets import PRESETS, preset_for
from service.core.profiles import (
    ChosenColumn,
    Profile,
    check,
    may_see,
)
from service.core.roles import Actor, Audience, Role
from service.errors import BadInput, NotAllowed, NotFound, Problem, TooMuch
from service.flows import Services, noting, share
from service.store import deeds, people, sheets
from service.store.records import AccountRow, ProfileRow
from service.store.session import Tx

PRESET_PREFIX = "preset:"
MOST_PROFILES = 100
NAME_LIMIT = 60
RIGHTS = "rights"  # why a binding is paused: its audience may not see a column any more
_FOR_ROLE = "for_role"  # beside the profile in its stored body


@dataclass(frozen=True, slots=True)
class Designed:
    """A profile and the role it is meant for, as roles are written down. `ref` names it; a preset cannot be changed."""

    ref: str
    profile: Profile
    role: str
    sentence: str = ""

    @property
    def is_preset(self) -> bool:
        return self.ref.startswith(PRESET_PREFIX)


@dataclass(frozen=True, slots=True)
class Offer:
    """A profile to choose. `reason` says why it cannot be written for its role; None when it can."""

    designed: Designed
    reason: Problem | None


# --- choosing --------------------------------------------------------------------------------------------------------


def offers(services: Services, actor: Actor, *, role: str | None) -> tuple[list[Offer], list[Offer]]:
    """The ready-made and the saved profiles, for `role`, or each for its own where a file has none yet."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
        saved = sheets.profiles_of(tx, actor.scope)
    presets = [_offer(account, _of_preset(account, key, role)) for key in PRESETS]
    return presets, [_offer(account, _of_row(row, role)) for row in saved]


def profile_for(services: Services, actor: Actor, ref: str, role: str | None = None) -> Designed:
    """The profile `ref` names, as it would be written for `role` (None: the role it is meant for). NotFound else."""
    with services.store.read() as tx:
        if not ref.startswith(PRESET_PREFIX):
            return _of_row(sheets.profile(tx, actor.scope, ref), role)
        account = people.account(tx, actor.account_id)
    key = ref.removeprefix(PRESET_PREFIX)
    if key not in PRESETS:
        raise NotFound("This profile does not exist.")
    return _of_preset(account, key, role)


def saved_profile(tx: Tx, actor: Actor, profile_id: str) -> Profile:
    """A profile of the account as it is saved now. NotFound when there is none."""
    return _of_row(sheets.profile(tx, actor.scope, profile_id), None).profile


def refusal(services: Services, actor: Actor, designed: Designed) -> Problem | None:
    """Why the profile cannot be written for its role, None when it can."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
    return _offer(account, designed).reason


def fitting_roles(services: Services, actor: Actor, ref: str) -> list[str]:
    """The roles that may see everything the profile shows: whom a sheet with it could be written for."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
    designed = (profile_for(services, actor, ref, role) for role in _roles(account))
    return [one.role for one in designed if _offer(account, one).reason is None]


def roles(services: Services, actor: Actor) -> dict[str, str]:
    """Every role a sheet may be written for, as it is written down, with its name: the seven and the account's own."""
    with services.store.read() as tx:
        account = people.account(tx, actor.account_id)
    return {role: account.audience(role).name for role in _roles(account)}


def _roles(account: AccountRow) -> list[str]:
    return [*(role.value for role in Role), *(one.text for one in custom_roles.in_use(account.custom_roles))]


def _of_preset(account: AccountRow, key: str, role: str | None) -> Designed:
    preset = PRESETS[key]
    wanted = role or preset.audiences[0].value
    profile = preset_for(preset, account.audience(wanted), profile_id="")
    return Designed(f"{PRESET_PREFIX}{key}", profile, wanted, preset.sentence)


def _of_row(row: ProfileRow, role: str | None) -> Designed:
    profile = replace(Profile.from_json(row.body), profile_id=row.id, name=row.name)
    return Designed(row.id, profile, role or row.body[_FOR_ROLE])


def _offer(account: AccountRow, designed: Designed) -> Offer:
    try:
        check(designed.profile, account.audience(designed.role))
    except (NotAllowed, BadInput) as problem:
        return Offer(designed, problem)
    return Offer(designed, None)


def place_of(designed: Designed, key: str) -> tuple[int, str]:
    """The column's number in the order, from 1, and its heading. NotFound when it is not chosen."""
    at = _place(designed.profile, key)
    return at + 1, designed.profile.columns[at].header


def sees(actor: Actor, key: str) -> bool:
    """Whether the person may see this column."""
    return may_see(key, actor.audience)


def tabs_using(services: Services, actor: Actor, profile_id: str) -> list[str]:
    """Titles of the tabs that were bound with a saved profile."""
    with services.store.read() as tx:
        bound = sheets.bindings_of_account(tx, actor.account_id)
    return [row.tab_title for row in bound if row.profile_id == profile_id]


# --- changing --------------------------------------------------------------------------------------------------------


def clone(services: Services, actor: Actor, ref: str, *, name: str, role: str | None = None) -> str:
    """The account has a profile of its own, alike but for its name. Returns its id."""
    designed = profile_for(services, actor, ref, role)
    profile_id, now = services.new_id(), services.clock.now()
    with services.store.write() as tx:
        saved = sheets.profiles_of(tx, actor.scope)
        if len(saved) >= MOST_PROFILES:
            raise TooMuch("An account keeps at most {most} profiles of its own.", values={"most": str(MOST_PROFILES)})
        free = _free_name(name, {row.name for row in saved})
        own = replace(designed.profile, profile_id=profile_id, name=free)
        row = ProfileRow(profile_id, actor.account_id, free, own.preset, _body(own, designed.role))
        sheets.add_profile(tx, row, created_by=actor.member_id, now=now)
        deeds.record(tx, actor.account_id, sub=actor.sub, deed="clone-profile", subject=free, at=now)
    return profile_id


def add_columns(services: Services, actor: Actor, profile_id: str, keys: Sequence[str]) -> Designed:
    """The profile shows these columns too, at its end. NotAllowed for one its role may not see."""
    if not keys:
        raise BadInput("Choose a column to add.", field="columns")

    def change(profile: Profile) -> Profile:
        new = [ChosenColumn(key, COLUMNS[key].header if key in COLUMNS else key) for key in keys]
        return replace(profile, columns=(*profile.columns, *new))

    return _edit(services, actor, profile_id, change)


def remove_column(services: Services, actor: Actor, profile_id: str, key: str) -> Designed:
    """The profile no longer shows the column, nor is its list ordered by it."""

    def change(profile: Profile) -> Profile:
        _place(profile, key)
        return replace(
            profile,
            columns=tuple(column for column in profile.columns if column.key != key),
            sort=tuple(sort for sort in profile.sort if sort.key != key),
        )

    return _edit(services, actor, profile_id, change)


def move_column(services: Services, actor: Actor, profile_id: str, key: str, *, number: int) -> Designed:
    """The column stands at this number of the order, from 1; beyond the ends is the end."""

    def change(profile: Profile) -> Profile:
        columns = list(profile.columns)
        moved = columns.pop(_place(profile, key))
        columns.insert(max(0, min(number - 1, len(columns))), moved)
        return replace(profile, columns=tuple(columns))

    return _edit(services, actor, profile_id, change)


def rename_column(services: Services, actor: Actor, profile_id: str, key: str, *, header: str) -> Designed:
    """The column stands under this heading; an empty one brings the usual back."""

    def change(profile: Profile) -> Profile:
        columns = list(profile.columns)
        at = _place(profile, key)
        columns[at] = ChosenColumn(key, " ".join(header.split()) or COLUMNS[key].header)
        return replace(profile, columns=tuple(columns))

    return _edit(services, actor, profile_id, change)


def save_filter(services: Services, actor: Actor, profile_id: str, row_filter: RowFilter) -> Designed:
    """The profile takes the rows that this filter accepts. NotAllowed when it names what its role may not see."""
    return _edit(services, actor, profile_id, lambda profile: replace(profile, row_filter=row_filter))


def save_profile(services: Services, actor: Actor, profile_id: str, *, name: str, role: str) -> Designed:
    """The profile has this name and is meant for this role."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_LIMIT:
        raise BadInput("Give the profile a name of at most {limit} characters.", field="profile_name",
                       values={"limit": str(NAME_LIMIT)})  # fmt: skip
    with services.store.read() as tx:
        if any(row.name == tidy and row.id != profile_id for row in sheets.profiles_of(tx, actor.scope)):
            raise BadInput("Another profile has this name.", field="profile_name")
    return _edit(services, actor, profile_id, lambda profile: replace(profile, name=tidy), role=role)


def _edit(
    services: Services,
    actor: Actor,
    profile_id: str,
    change: Callable[[Profile], Profile],
    *,
    role: str | None = None,
) -> Designed:
    """One change of a saved profile, checked for its role. What was forbidden already may be made less, not more."""
    if profile_id.startswith(PRESET_PREFIX):
        raise BadInput("A ready-made profile stays as it is. Make a copy and change that.")
    with services.store.write() as tx:
        before = _of_row(sheets.profile(tx, actor.scope, profile_id), None)
        after = Designed(before.ref, change(before.profile), role or before.role)
        audience = people.account(tx, actor.account_id).audience(after.role)
        try:
            check(after.profile, audience)
        except NotAllowed:
            if role is not None or not _spoken(after.profile) <= _spoken(before.profile):
                raise
        body = _body(after.profile, after.role)
        sheets.update_profile(tx, actor.scope, profile_id, name=after.profile.name, body=body)
        noting.profile_changed(services, tx, actor, after.profile.name)
    return after


def _spoken(profile: Profile) -> set[str]:
    chosen = {column.key for column in profile.columns} | {sort.key for sort in profile.sort}
    return chosen | set(profile.row_filter.columns())


def _body(profile: Profile, role: str) -> dict[str, Any]:
    return {**profile.to_json(), _FOR_ROLE: str(role)}


def _place(profile: Profile, key: str) -> int:
    """The column's index in the profile, from 0. NotFound when it is not chosen."""
    at = next((at for at, column in enumerate(profile.columns) if column.key == key), None)
    if at is None:
        raise NotFound("This column is not in the profile any more.")
    return at


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:NAME_LIMIT], 2
    while name in taken:
        name, number = f"{wanted[: NAME_LIMIT - 4]} {number}", number + 1
    return name


# --- when rights change ----------------------------------------------------------------------------------------------


def recheck(services: Services, tx: Tx, account_id: str) -> None:
    """Tabs whose audience may not see all of their profile any more are paused, and those it may again go on.

    Called in the transaction that changed a role or a switch. Who can open the account's files is looked at anew too.
    Tabs that are being set up are left to the first pass, which refuses them by itself.
    """
    account = people.account(tx, account_id)
    share.doubt(services, tx, account_id)
    for row in sheets.bindings_of_account(tx, account_id):
        refused = _refused(Profile.from_json(row.profile), account.audience(row.audience))
        if refused is not None and row.state == "live":
            sheets.update_binding(tx, row.id, state="paused", reason=RIGHTS, reason_text=refused.sentence)
        elif refused is None and row.state == "paused" and row.reason == RIGHTS:
            sheets.update_binding(tx, row.id, state="live", reason="", reason_text="")
            services.wake.sheet(tx, row.spreadsheet_id)


def _refused(profile: Profile, audience: Audience) -> NotAllowed | None:
    try:
        check(profile, audience)
    except NotAllowed as problem:
        return problem
    return None


def tabs_without_rights(services: Services, actor: Actor) -> list[tuple[str, str]]:
    """(tab, file) titles of the account's tabs that are paused because their audience may not see them any more."""
    with services.store.read() as tx:
        titles = {row.spreadsheet_id: row.title for row in sheets.files_of(tx, actor.scope)}
        bound = sheets.bindings_of_account(tx, actor.account_id)
    return [(row.tab_title, titles.get(row.spreadsheet_id, "")) for row in bound if row.reason == RIGHTS]
