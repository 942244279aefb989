"""Are posteriors honest? Pairs in ten bins by posterior, predicted beside observed, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scores import wilson
from tasks import GoldBead, Task

BINS = 10
COLOURS = ("#0b6e4f", "#b5462f", "#2d5fa8")
SIDE, EDGE = 300, 46  # pixels: the square of the plot, and the room around it

Marked = Sequence[tuple[float, bool]]


@dataclass(frozen=True)
class Bin:
    """Pairs of like posterior: how many, their mean posterior, the share that is right, and its 95 % interval."""

    n: int
    predicted: float
    observed: float
    low: float
    high: float


def marked(task: Task, found: Iterable[tuple[GoldBead, float]]) -> list[tuple[float, bool]]:
    """Give (posterior, strictly right) of the pairs that touch the gold."""
    zh, en = {i for a, _ in task.beads for i in a}, {j for _, b in task.beads for j in b}
    gold = set(task.beads)
    return [((p), (a, b) in gold) for (a, b), p in found if a and b and (zh & set(a) or en & set(b))]


def bins(pairs: Marked) -> list[Bin]:
    found = []
    for number in range(BINS):
        here = [(p, right) for p, right in pairs if min(int(p * BINS), BINS - 1) == number]
        if not here:
            continue
        n, rate = len(here), sum(right for _, right in here) / len(here)
        low, high = wilson(sum(right for _, right in here), n)
        found.append(Bin(n, sum(p for p, _ in here) / n, rate, low, high))
    return found


def error(found: Sequence[Bin]) -> float:
    """Give the expected calibration error: how far observed lies from predicted, a pair on average."""
    return sum(b.n * abs(b.observed - b.predicted) for b in found) / max(sum(b.n for b in found), 1)


def table(name: str, found: Sequence[Bin]) -> str:
    rows = [f"{name}: {sum(b.n for b in found)} pairs, {error(found):.3f} off on average"]
    rows += [
        f"   predicted {b.predicted:.3f}  observed {b.observed:.3f} ({b.low:.3f} to {b.high:.3f})  {b.n:5} pairs"
        for b in found
    ]
    return "\n".join(rows)


def picture(series: Mapping[str, Sequence[Bin]], path: Path, caption: str) -> None:
    """Draw the bins of several sets of pairs as SVG."""

    def at(x: float, y: float) -> tuple[float, float]:
        return round(EDGE + SIDE * x, 1), round(14 + SIDE * (1 - y), 1)

    width, height = SIDE + 2 * EDGE + 150, SIDE + 66
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="11" role="img" aria-label="{caption}">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for k in range(0, 11, 2):
        (x, y0), (x0, y) = at(k / 10, 0), at(0, k / 10)
        parts.append(
            f'<path d="M{x} {y0}V14M{x0} {y}H{EDGE + SIDE}" stroke="#ddd"/>'
            f'<text x="{x}" y="{y0 + 15}" text-anchor="middle">{k / 10:.1f}</text>'
            f'<text x="{x0 - 6}" y="{y + 4}" text-anchor="end">{k / 10:.1f}</text>'
        )
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts.append(f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#999" stroke-dasharray="4 4"/>')
    for number, ((name, found), colour) in enumerate(zip(series.items(), COLOURS, strict=False)):
        points = [at(b.predicted, b.observed) for b in found]
        line = "L".join(f"{x} {y}" for x, y in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}"/>')
        for b, (x, y) in zip(found, points, strict=True):
            (_, low), (_, high) = at(0, b.low), at(0, b.high)
            parts.append(f'<path d="M{x} {low}V{high}" stroke="{colour}" opacity=".5"/>')
            parts.append(f'<circle cx="{x}" cy="{y}" r="{min(2 + b.n**0.5 / 8, 7):.1f}" fill="{colour}"/>')
        parts.append(f'<text x="{EDGE + SIDE + 16}" y="{30 + 18 * number}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{EDGE + SIDE / 2}" y="{height - 22}" text-anchor="middle">posterior</text>')
    parts.append(f'<text x="12" y="{14 + SIDE / 2}" transform="rotate(-90 12 {14 + SIDE / 2})" '
                 'text-anchor="middle">share strictly right</text>')  # fmt: skip
    parts.append(f'<text x="{EDGE}" y="{height - 6}" fill="#555">{caption}</text></svg>')
    path.write_text("\n".join(parts) + "\n", "utf-8")
