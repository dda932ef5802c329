"""The countdown of a row as a sheet's formula: it ticks without writes. How long is left, in words, is `kinds`."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from service.core import zones

#: How far around its deadline a countdown is corrected for changes of clocks: longer than any deadline is known ahead,
#: and than an order stays overdue.
_SHIFT_SPAN = timedelta(days=60)


def ticking(due_at: datetime, where: tzinfo) -> str:
    """The row formula: due minus now, blank while due is blank.

    Both are wall time, so across a change of clocks the difference is off by the change; a term per change within
    reach takes it out. `;` and whole numbers read the same in every spreadsheet locale. It depends on the deadline
    alone, so that time by itself never changes the cell. In the hour that is gone through twice NOW() does not say
    which pass it is: the second is assumed, so that nobody is told of more time than there is.
    """
    left = "{sla_due}-NOW()" + "".join(_corrections(due_at, where))
    return f'=IF(ISNUMBER({{sla_due}});{left};"")'


def _corrections(due_at: datetime, where: tzinfo) -> Iterator[str]:
    for changes_at, moved in zones.shifts(due_at - _SHIFT_SPAN, due_at + _SHIFT_SPAN, where):
        moved_s = int(moved.total_seconds())
        # The wall clock just before the change, so that the hour that is skipped or repeated is counted once.
        wall_s = zones.seconds_of_sheet(changes_at, where) - max(moved_s, 0)
        if changes_at <= due_at:  # still ahead of us until then
            yield f"-IF(NOW()<{wall_s}/86400;{moved_s}/86400;0)"
        else:  # behind us from then on, and the deadline before it
            yield f"+IF(NOW()<{wall_s}/86400;0;{moved_s}/86400)"
