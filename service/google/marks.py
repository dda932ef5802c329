"""Our marks on columns: how a column that lost its own gets one again. Pure: builds requests of a batch.

A mark proves a column, so it may never come to stand on somebody else's; and nothing that is written to a place is sure
to land on what stood there. Hence two steps. A claim is put on the place, and proves nothing wherever it lands. It goes
with its column from then on; once a read has shown it on a column that is ours by what it shows, it is made the mark,
by its own id and not by any place. Indexes count from 0.
"""

from collections.abc import Collection

from service.google import rules
from service.google.grid import Json
from service.google.tabs import CLAIM_KEY, COLUMN_KEY, TabView


def claim(sheet_id: int, view: TabView, key: str, *, binding_id: str, time_id: str) -> list[Json]:
    """Requests that put a claim on the column of this key. Older ones of the same column go. `time_id`: what makes this
    time different from others.
    """
    at = view.columns[key]
    place = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    entry = {
        "metadataId": rules.own_id(binding_id, "claim", key, time_id),
        "metadataKey": CLAIM_KEY,
        "metadataValue": f"{binding_id}:{key}",
        "location": {"dimensionRange": place},
        "visibility": "DOCUMENT",
    }
    old = [_dropped(CLAIM_KEY, binding_id, key)] if key in view.claims else []
    return [*old, {"createDeveloperMetadata": {"developerMetadata": entry}}]


def promote(view: TabView, key: str, *, binding_id: str) -> list[Json]:
    """Requests that make the claim on the column of this key its mark, wherever it stands now. Marks of the same column
    that stand elsewhere, as on a copy of it, go.
    """
    old = [] if key in view.unmarked else [_dropped(COLUMN_KEY, binding_id, key)]
    (metadata_id,) = (number for number, _at in view.claims[key])
    made = {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": metadata_id}}],
        "developerMetadata": {"metadataKey": COLUMN_KEY},
        "fields": "metadataKey",
    }
    return [*old, {"updateDeveloperMetadata": made}]


def standing(view: TabView, keys: Collection[str]) -> set[str]:
    """Which of these columns bear a claim of theirs, and no other column bears it."""
    return {key for key in keys if [at for _number, at in view.claims.get(key, ())] == [view.columns[key]]}


def _dropped(metadata_key: str, binding_id: str, key: str) -> Json:
    lookup = {"metadataKey": metadata_key, "metadataValue": f"{binding_id}:{key}"}
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}
