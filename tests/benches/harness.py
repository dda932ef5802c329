"""What every bench shares: figures with their bars, a table, JSON. How anything is measured stands in the benches.

A figure is printed beside its comparison from the same run and beside its bar. Ratios are compared, never absolute
times of different machines; only what the product promises to a person (a card, a cell) has an absolute bar.
"""

import json
import statistics
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach: the ratio to its comparison where it has one, else the figure itself."""

    sign: Literal["≤", "≥"]
    limit: float

    def is_reached(self, measured: float) -> bool:
        return measured <= self.limit if self.sign == "≤" else measured >= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a bench. `against`: the comparison of the same run, in the same unit. `beside`: what that was."""

    name: str
    value: float
    unit: str
    against: float | None = None
    beside: str = ""
    bar: Bar | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.against if self.against else None

    @property
    def reached(self) -> bool | None:
        """None without a bar."""
        if self.bar is None:
            return None
        return self.bar.is_reached(self.value if self.ratio is None else self.ratio)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of its own, for what is more than one figure: ready-made cells under their headings."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(slots=True)
class Report:
    """What one bench found. `notes` say how it was measured and what a reader must know."""

    bench: str
    title: str
    grids: list[Grid] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100).__int__() - 1)]


def render(report: Report) -> str:
    """The report as tables for a terminal."""
    lines = [f"{report.bench} · {report.title}"]
    for grid in report.grids:
        lines += [f"  {grid.title}", *(f"    {line}" for line in _aligned([grid.head, *grid.rows], left={0}))]
    rows = [("", "ours", "beside", "ratio", "bar", "")] + [_row(figure) for figure in report.figures]
    lines += [f"  {line}" for line in _aligned(rows, left={0, 5})]
    return "\n".join([*lines, *(f"  · {note}" for note in report.notes)])


def _aligned(rows: Sequence[Sequence[str]], *, left: Container[int]) -> list[str]:
    """The rows as lines of equal columns: those of `left` begin together, the others end together."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(figure: Figure) -> tuple[str, str, str, str, str, str]:
    bar, verdict, ratio = "", "", figure.ratio
    if figure.bar is not None:
        unit = "×" if ratio is not None else figure.unit
        bar = f"{figure.bar.sign} {_number(figure.bar.limit)} {unit}"
        verdict = "reached" if figure.reached else "MISSED"
    return (
        figure.name,
        f"{_number(figure.value)} {figure.unit}",
        "" if figure.against is None else f"{figure.beside} {_number(figure.against)} {figure.unit}".strip(),
        "" if ratio is None else f"{ratio:.2f} ×",
        bar,
        verdict,
    )


def _number(value: float) -> str:
    """Three digits that count, and no more."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write_json(reports: Sequence[Report], path: Path) -> None:
    """The reports as JSON, for keeping figures from run to run."""
    path.write_text(json.dumps([_plain(report) for report in reports], ensure_ascii=False, indent=2) + "\n")


def _plain(report: Report) -> dict[str, Any]:
    plain = asdict(report)
    for row, figure in zip(plain["figures"], report.figures, strict=True):
        row.update(ratio=figure.ratio, reached=figure.reached)
    return plain
