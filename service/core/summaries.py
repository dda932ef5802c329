"""Summary: what a tab of money comes to by currency and month, as formulas over its whole columns. Pure.

Amounts of two currencies are never added: each has rows of its own, and rows in any other are counted, not left out in
silence. Formulas use `;` and whole numbers, which read the same in every spreadsheet locale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.core.cells import BLANK, Cell, Form, text_cell
from service.core.columns import COLUMNS
from service.core.kinds import KindId
from service.core.profiles import Profile
from service.core.rows import Grain

#: The month of the newest row, and a year before it.
MONTHS = 13
CURRENCY = "currency"
#: The day a row counts on, by what a row is.
DAY_OF: Mapping[Grain, str] = {
    Grain.ORDER: "created_at",
    Grain.LINE: "created_at",
    Grain.TRANSACTION: "settled_at",
}
#: A statement is cut at midnight UTC and holds the day before. Half a day earlier it stands within that day in every
#: zone from twelve hours behind UTC to less than twelve ahead, in which all markets are.
_EARLIER: Mapping[Grain, str] = {Grain.ORDER: "0", Grain.LINE: "0", Grain.TRANSACTION: "1/2"}
_FIRST_MONTH = 3  # the row's number, from 1: below the headings and all of the first currency
LEADING = ("Month", "Currency", "Rows")


@dataclass(frozen=True, slots=True)
class Source:
    """The tab that is summed up: its title, and the present letters of its columns. `sums`: heading and letter."""

    title: str
    grain: Grain
    day: str
    currency: str
    sums: Sequence[tuple[str, str]]

    def whole(self, letter: str) -> str:
        """The whole column, as a formula of another tab names it: it follows the column wherever it is moved."""
        title = self.title.replace("'", "''")
        return f"'{title}'!{letter}:{letter}"


def summed_keys(profile: Profile) -> list[str]:
    """The columns of the profile whose amounts can be added up; none where day or currency is not among its columns."""
    keys = [column.key for column in profile.columns]
    if CURRENCY not in keys or DAY_OF[profile.grain] not in keys:
        return []
    return [key for key in keys if COLUMNS[key].kind.kind_id is KindId.MONEY and key != "unit_cost"]


def table(source: Source, currencies: Sequence[str]) -> list[list[Cell]]:
    """The rows of the summary from its first, headings included: of each currency everything, then month by month.

    The last row counts what is in none of these currencies.
    """
    rows = [[text_cell(name) for name in (*LEADING, *(heading for heading, _letter in source.sums))]]
    for currency in currencies:
        rows.append([text_cell("All"), text_cell(currency), *_sums(source, len(rows) + 1)])
        for number in range(MONTHS):
            at, is_first = len(rows) + 1, currency == currencies[0]
            month = _newest(source) if at == _FIRST_MONTH else _before(at) if is_first else f"=A{_FIRST_MONTH + number}"
            rows.append([_formula(month), text_cell(currency), *_sums_of_month(source, at)])
    rows.append([text_cell("Other currencies"), BLANK, _formula(_others(source, currencies))])
    return rows


def _newest(source: Source) -> str:
    """The first of the month of the newest row; blank while there is none."""
    days = source.whole(source.day)
    last = f"MAX({days})-{_EARLIER[source.grain]}"
    return f'=IF(COUNT({days})=0;"";DATE(YEAR({last});MONTH({last});1))'


def _before(at: int) -> str:
    """The month before that of the row above."""
    return f'=IF(A{at - 1}="";"";DATE(YEAR(A{at - 1});MONTH(A{at - 1})-1;1))'


def _sums(source: Source, at: int) -> list[Cell]:
    """How many rows of the currency there are, and what their amounts come to. `at`: the row's number, from 1."""
    return [_formula(f"={one}") for one in _asked(source, f"{source.whole(source.currency)};B{at}")]


def _sums_of_month(source: Source, at: int) -> list[Cell]:
    """The same of one month; blank where there is no month."""
    days, shift = source.whole(source.day), _EARLIER[source.grain]
    end = f"DATE(YEAR(A{at});MONTH(A{at})+1;1)"
    within = f'{days};">="&(A{at}+{shift});{days};"<"&({end}+{shift})'
    found = _asked(source, f"{source.whole(source.currency)};B{at};{within}")
    return [_formula(f'=IF(A{at}="";"";{one})') for one in found]


def _asked(source: Source, criteria: str) -> list[str]:
    sums = [f"SUMIFS({source.whole(letter)};{criteria})" for _heading, letter in source.sums]
    return [f"COUNTIFS({criteria})", *sums]


def _others(source: Source, currencies: Sequence[str]) -> str:
    """Rows with a currency, less the heading, less those of the currencies above."""
    column = source.whole(source.currency)
    known = "".join(f'-COUNTIFS({column};"{one}")' for one in currencies)
    return f"=COUNTA({column})-1{known}"


def _formula(text: str) -> Cell:
    return Cell(Form.FORMULA, text)
