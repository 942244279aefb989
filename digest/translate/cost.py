"""What engines use and what that costs: calls and tokens, priced by the million (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

PER = 1_000_000  # tokens that a price is for, as providers state it


class Priced(Protocol):
    """What a million tokens cost, sent and answered, and in which currency (the settings' chat.price)."""

    @property
    def input(self) -> float: ...
    @property
    def output(self) -> float: ...
    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of an engine and their tokens: used, or estimated beforehand."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )

    @property
    def tokens(self) -> int:
        """Tokens, sent and answered."""
        return self.prompt_tokens + self.completion_tokens

    def corrected(self, ratio: tuple[float, float]) -> Usage:
        """Give an estimate as earlier calls say it will turn out: tokens times actual over estimated of each kind.

        >>> Usage(2, 1000, 100).corrected((1.1, 0.5))
        Usage(calls=2, prompt_tokens=1100, completion_tokens=50)
        """
        sent, answered = ratio
        return Usage(self.calls, round(self.prompt_tokens * sent), round(self.completion_tokens * answered))


def cost_of(usage: Usage, price: Priced | None) -> float:
    """Give what a use costs in the price's currency; 0 without a price, as for a model of one's own."""
    if price is None:
        return 0.0
    return (usage.prompt_tokens * price.input + usage.completion_tokens * price.output) / PER


def money(amount: float, currency: str) -> str:
    """Write an amount: two decimals from 1 on, else four, so that a post's cent fraction can be seen.

    >>> money(12.345, "CNY"), money(0.00213, "USD"), money(0.00001, "USD")
    ('12.35 CNY', '0.0021 USD', 'under 0.0001 USD')
    """
    if 0 < amount < 0.0001:
        return f"under 0.0001 {currency}"
    return f"{amount:.{2 if amount >= 1 else 4}f} {currency}"


def in_words(usage: Usage, price: Priced | None) -> str:
    """Say a use in one line, for a plan or an account.

    >>> in_words(Usage(12, 34021, 8100), None)
    '12 calls, 34,021 tokens sent, 8,100 answered'
    >>> in_words(Usage(), None)
    'no calls'
    """
    if not usage.calls:
        return "no calls"
    calls = "1 call" if usage.calls == 1 else f"{usage.calls:,} calls"
    words = f"{calls}, {usage.prompt_tokens:,} tokens sent, {usage.completion_tokens:,} answered"
    return f"{words}, {money(cost_of(usage, price), price.currency)}" if price else words
