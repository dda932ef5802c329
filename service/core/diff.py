"""The fewest cells to write: what a row showed last against what it should show.

An image is what a row last showed, by column key. A cell whose content is not known, because a write's outcome is not,
is None or absent, and always differs. Where a cell is in the sheet is not known here.
"""

from collections.abc import Collection, Mapping

from service.core.cells import BLANK, Cell

Image = Mapping[str, Cell | None]


def plan(before: Image | None, after: Mapping[str, Cell], *, never: Collection[str] = ()) -> dict[str, Cell]:
    """The cells to write so that a row that shows `before` shows `after`.

    `before` None: nothing is known of the row, so everything is written. A column of `before` that `after` lacks has
    left the profile and is blanked. Keys in `never` (the key column of a row that exists) are left alone.
    """
    known = before or {}
    wanted = {key: BLANK for key in known if key not in after} | dict(after)
    return {key: cell for key, cell in wanted.items() if known.get(key) != cell and key not in never}


def apply(before: Image | None, edits: Mapping[str, Cell]) -> dict[str, Cell | None]:
    """The image after the edits were written: what an edit means."""
    return {**(before or {}), **edits}


def fresh(keys: Collection[str]) -> dict[str, Cell | None]:
    """The image of a row that was just inserted: known to be blank, so that only content is written."""
    return dict.fromkeys(keys, BLANK)


def unknown(image: Image, keys: Collection[str]) -> dict[str, Cell | None]:
    """The image once a write to `keys` was sent and its outcome is not known."""
    return {**image, **dict.fromkeys(keys)}
