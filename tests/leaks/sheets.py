"""Profiles and bindings of a case: mostly what the audience may see, sometimes one column that it may not."""

from typing import TYPE_CHECKING

from leaks import law
from leaks.ground import BLOOM
from leaks.truth import FileTruth

from service.core.columns import COLUMNS
from service.core.filters import RowFilter
from service.core.profiles import ChosenColumn, Profile
from service.core.rows import Grain
from service.flows import bind
from service.flows.bind import BindWish
from service.store import sheets
from service.store.records import ProfileRow

if TYPE_CHECKING:
    from leaks.play import Play

NEEDS = {key: [group.value for group in column.needs] for key, column in COLUMNS.items()}


def profile_of(play: "Play", audience: str, *, grain: int, columns: int, rows: int) -> Profile:
    """A profile of this grain for the audience. `columns`: everything it may see, half of it, a few columns, or one
    that it may not.
    """
    chosen_grain = (Grain.ORDER, Grain.LINE)[grain % 2]
    seen = law.groups(audience, play.truth.switches[BLOOM], play.truth.own_roles)
    fitting = [key for key in law.columns_of(seen, NEEDS) if chosen_grain in COLUMNS[key].grains]
    kind, rest = columns % 8, columns // 8
    keys = [key for at, key in enumerate(fitting) if kind < 3 or rest >> at % 17 & 1]
    if kind == 7:
        others = [key for key in COLUMNS if key not in fitting and chosen_grain in COLUMNS[key].grains]
        keys += others[rest % len(others) :][:1] if others else []
    keys = keys or ["status"]
    filters = (
        RowFilter(),
        RowFilter(),
        RowFilter(shop_ids=(play.shop_ids["first"],)),
        RowFilter(shop_ids=(play.shop_ids["second"],)),
        RowFilter(statuses=("AWAITING_SHIPMENT", "AWAITING_COLLECTION")),
        RowFilter(due_within_h=48),
        RowFilter(skus=("ZQSKU11", "ZQSKU21", "ZQSKU32")),
        RowFilter(include_samples=False),
    )
    wanted = tuple(ChosenColumn(key, COLUMNS[key].header) for key in keys)
    return Profile("", f"Made up {columns}-{rows}", chosen_grain, wanted, filters[rows % len(filters)])


def bind_sheet(play: "Play", truth: FileTruth, audience: str, *, grain: int, columns: int, rows: int) -> str:
    """The profile is saved and bound to a new tab, if the product lets it."""
    profile = profile_of(play, audience, grain=grain, columns=columns, rows=rows)
    saved = Profile.from_json({**profile.to_json(), "profile_id": play.services.new_id()})
    again(play, saved, audience)
    bind.bind(play.services, play.owner, play.identity, BindWish(truth.file.file_id, saved, audience))
    truth.audience = audience
    where = profile.row_filter.to_json()
    return (
        f"{truth.file.file_id} is bound for {audience}, by {profile.grain.value}: {[one.key for one in saved.columns]}"
        + (f", where {where}." if where else ".")
    )


def again(play: "Play", profile: Profile, audience: str) -> None:
    """The profile is saved as it is now."""
    body = {**profile.to_json(), "for_role": audience}
    row = ProfileRow(profile.profile_id, play.owner.account_id, f"Made up {profile.profile_id}", "", body)
    with play.services.store.write() as tx:
        known = {one.id for one in sheets.profiles_of(tx, play.owner.scope)}
        if row.id in known:
            sheets.update_profile(tx, play.owner.scope, row.id, name=row.name, body=body)
        else:
            sheets.add_profile(tx, row, created_by=play.owner.member_id, now=play.now)
