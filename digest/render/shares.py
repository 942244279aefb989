"""A share of things counted, with its interval, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

Z = 1.96  # standard deviations on either side that hold 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` things, as printed: "3.4%", and the ends of its 95 % interval."""

    part: int
    whole: int
    share: str
    low: str
    high: str


def wilson(right: int, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927); n must not be 0.

    >>> [round(100 * end, 1) for end in wilson(16, 470)]
    [2.1, 5.5]
    """
    p = right / n
    middle, half = p + Z * Z / (2 * n), Z * (p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5
    return max((middle - half) / (1 + Z * Z / n), 0.0), min((middle + half) / (1 + Z * Z / n), 1.0)


def share_of(part: int, whole: int) -> Share | None:
    """Put a share into figures; None of nothing.

    >>> share_of(16, 470)
    Share(part=16, whole=470, share='3.4%', low='2.1%', high='5.5%')
    >>> share_of(1, 5000).share, share_of(0, 0)
    ('0.02%', None)
    """
    if not whole:
        return None
    low, high = wilson(part, whole)
    return Share(part, whole, *(_percent(each) for each in (part / whole, low, high)))


def _percent(share: float) -> str:
    return f"{share:.2%}" if 0 < share < 0.001 else f"{share:.1%}"
