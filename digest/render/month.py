"""A month as a picture: a cell for each day, darker where there are more posts; geometry for an inline SVG."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from digest.render.archived import DayRow

CELL, GAP, TOP = 36, 4, 22  # pixels of the picture's own: a cell's side, between cells, the row of weekdays
WEEK = 7
SHADES = (1, 4, 8, 12)  # posts from which a cell has the next shade


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month: where its cell stands, and its row of the index, None where there is no page.

    `shade` is from 0 (a page without posts) to 4.
    """

    day: date
    x: int
    y: int
    row: DayRow | None
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """The rows of a month, newest first, and its picture: `width` and `height` in the picture's own pixels.

    `columns` are the middles of the columns, Monday first.
    """

    first: date
    rows: tuple[DayRow, ...]
    cells: tuple[Cell, ...]
    columns: tuple[int, ...]
    width: int
    height: int


def month_of(rows: tuple[DayRow, ...]) -> Month:
    """Draw the month of the rows, of which there is one at least.

    >>> month = month_of((DayRow(date(2025, 4, 16), 5, 9, 0, (), date(2025, 4, 16)),))
    >>> [(cell.x, cell.y, cell.shade) for cell in month.cells if cell.row]
    [(80, 102, 2)]
    """
    first = rows[0].day.replace(day=1)
    known = {row.day: row for row in rows}
    cells = []
    for number in range(monthrange(first.year, first.month)[1]):
        week, column = divmod(first.weekday() + number, WEEK)
        row = known.get(first.replace(day=number + 1))
        shade = sum(row.posts >= least for least in SHADES) if row else 0
        cells.append(
            Cell(first.replace(day=number + 1), column * (CELL + GAP), TOP + week * (CELL + GAP), row, shade)
        )  # fmt: skip
    return Month(
        first,
        rows,
        tuple(cells),
        tuple(column * (CELL + GAP) + CELL // 2 for column in range(WEEK)),
        WEEK * (CELL + GAP) - GAP,
        cells[-1].y + CELL,
    )
