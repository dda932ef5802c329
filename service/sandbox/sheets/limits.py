"""Google's limits as named numbers, with the page or recording they come from. No behaviour lives here.

Sources: the Sheets guides "Usage limits" and "Data limits" and recorded error texts, state of 2026.
"""

from typing import Final

CELLS_PER_SPREADSHEET: Final = 10_000_000
CHARACTERS_PER_CELL: Final = 50_000
COLUMNS_PER_SHEET: Final = 18_278
"""Column ZZZ."""
REQUESTS_PER_BATCH: Final = 100_000
PAYLOAD_BYTES: Final = 10 * 1024 * 1024
"""Reported by users of the API; Google's guide names no hard limit and recommends 2 MB."""
EXACT_INTEGER: Final = 10**15
"""Sheets keeps about 15 significant digits; longer integers come back rounded."""

DEFAULT_ROWS: Final = 1000
DEFAULT_COLUMNS: Final = 26
ROW_PIXELS: Final = 21
COLUMN_PIXELS: Final = 100

QUOTA_PER_USER: Final = 60
QUOTA_PER_PROJECT: Final = 300
QUOTA_WINDOW_S: Final = 60

METADATA_CHARACTERS: Final = 30_000
"""Total of keys and values per spreadsheet, sheet or set of dimensions is bounded; one entry is checked here."""
