"""What changed in a profile since a tab took it over, and what is still to be done in the tab so that it shows it.

Pure. Of a changed profile a tab takes the columns that are new, the ones that are taken out, and the filter. The order
of the columns and their headings are the tab's own: people moved and renamed them there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.core.profiles import ROW_KEY, ChosenColumn, Profile, check, key_column, sheet_columns
from service.core.roles import Audience
from service.errors import Conflict

_PLACE = "reshaping"  # beside the profile, where a binding is stored
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """What a tab would show differently. `after`: the profile it has then; `has_grain`: its rows would be others."""

    after: Profile
    added: tuple[ChosenColumn, ...] = ()
    removed: tuple[ChosenColumn, ...] = ()
    has_filter: bool = False
    has_grain: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it concerns the tab."""
        return not (self.added or self.removed or self.has_filter or self.has_grain)


def change_of(bound: Profile, saved: Profile, audience: Audience) -> Change:
    """What `saved`, the profile as it is now, would change in a tab that shows `bound` for `audience`.

    The column that tells the rows apart stays the one it is.
    """
    stood = {column.key: column for column in sheet_columns(bound, audience)}
    columns = tuple(stood.get(column.key, column) for column in saved.columns)
    after = replace(saved, columns=columns, has_own_key=key_column(bound, audience) == ROW_KEY)
    stands = {column.key: column for column in sheet_columns(after, audience)}
    return Change(
        after=after,
        added=tuple(column for key, column in stands.items() if key not in stood),
        removed=tuple(column for key, column in stood.items() if key not in stands),
        has_filter=saved.row_filter != bound.row_filter,
        has_grain=saved.grain is not bound.grain,
    )


def check_change(change: Change, bound: Profile, audience: Audience) -> None:
    """Nothing for a change that the tab can take. Conflict names what needs another tab; NotAllowed and BadInput are
    the profile's own reasons.
    """
    if change.has_grain:
        raise Conflict("The profile makes other rows now than this tab has. Connect another tab with it.")
    key = key_column(bound, audience)
    kept = next((column for column in change.removed if column.key == key), None)
    if kept is not None:
        raise Conflict(
            "{column} tells the rows of this tab apart and stays in it. Put it back into the profile, or connect "
            "another tab.",
            values={"column": kept.header},
        )
    check(change.after, audience)


@dataclass(frozen=True, slots=True)
class Reshaping:
    """What is still to be done in a tab. `coming`: columns to be put in, by key, with the id of the change that asked
    for each; `leaving`: columns whose cells are to be cleared and that are people's own afterwards, by key, with their
    headings. `since`: when the last change was asked for; rows dirty since then or longer may still show what leaves.
    """

    coming: Mapping[str, str] = field(default_factory=dict)
    leaving: Mapping[str, str] = field(default_factory=dict)
    since: datetime = _EPOCH

    @property
    def is_done(self) -> bool:
        """Whether the tab has the columns of its profile and no others."""
        return not (self.coming or self.leaving)

    def plus(self, change: Change, change_id: str, now: datetime) -> "Reshaping":
        """What is to be done once this change is asked for too. A column that was on its way keeps its id, so that it
        is not put in a second time by a call that arrives late.
        """
        added = [column.key for column in change.added]
        removed = {column.key: column.header for column in change.removed}
        coming = {key: asked for key, asked in self.coming.items() if key not in removed}
        leaving = {key: header for key, header in (dict(self.leaving) | removed).items() if key not in added}
        return Reshaping(coming | dict.fromkeys(added, change_id), leaving, now)

    def arrived(self) -> "Reshaping":
        """The new columns stand in the tab."""
        return replace(self, coming={})

    def left(self) -> "Reshaping":
        """What left is nothing of ours any more."""
        return replace(self, leaving={})


def stored(profile: Profile, reshaping: Reshaping) -> dict[str, Any]:
    """Plain values of both, as a binding keeps them: a profile that knows nothing of the rest is read from them."""
    if reshaping.is_done:
        return profile.to_json()
    rest = {
        "coming": dict(reshaping.coming),
        "leaving": dict(reshaping.leaving),
        "since_us": (reshaping.since - _EPOCH) // timedelta(microseconds=1),
    }
    return {**profile.to_json(), _PLACE: rest}


def reshaping_of(raw: Mapping[str, Any]) -> Reshaping:
    """What `stored` kept beside the profile."""
    rest = raw.get(_PLACE)
    if rest is None:
        return Reshaping()
    return Reshaping(rest["coming"], rest["leaving"], _EPOCH + timedelta(microseconds=rest["since_us"]))
