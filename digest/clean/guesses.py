"""Guesses of a source line → the same guesses in the text that was read from it, without its markup."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile

from digest.model import Guess

_AROUND = 20  # characters on a side that are compared where the markup took some of the same character along
_MOST = 100  # places that are compared for one guess: no line but a hostile one loses more of a character


def carried(line: str, text: str, guesses: Sequence[Guess]) -> tuple[Guess, ...]:
    """Give the guesses of `line` with their places in `text`, which is the line without its markup.

    Taking markup off keeps the order of characters, so the k-th of one kind is the k-th in the text. Where some of that
    kind went with the markup (a label, an address), the one with the most alike around it is taken. White space is left
    out: nobody sees how it was read.

    >>> [guess.at for guess in carried("- **模型**：[模](https://a.example/)", "模型：模", (Guess(4, "模", 0.6),))]
    [0]
    >>> [guess.at for guess in carried("中文：他在中间。", "他在中间。", (Guess(5, "中", 0.6),))]
    [2]
    """
    found: list[Guess] = []
    wanted = {guess.chosen for guess in guesses if not guess.chosen.isspace()}
    before, after = _places(line, wanted), _places(text, wanted)
    taken: set[int] = set()
    for guess in guesses:
        if guess.chosen not in wanted:
            continue
        old, new = before[guess.chosen], after[guess.chosen]
        rank, gone = bisect_left(old, guess.at), len(old) - len(new)
        low, high = max(0, min(rank, rank - gone)), max(rank, rank - gone)
        free = [place for place in new[low : min(high + 1, low + _MOST)] if place not in taken]
        if free:
            best = max(free, key=partial(_alike, line, guess.at, text)) if len(free) > 1 else free[0]
            taken.add(best)
            found.append(replace(guess, at=best))
    return tuple(sorted(found, key=lambda guess: guess.at))


def stretch(guesses: Iterable[Guess], start: int, end: int) -> tuple[Guess, ...]:
    """Give the guesses within a stretch of a text, with their places in the stretch."""
    return tuple(replace(guess, at=guess.at - start) for guess in guesses if start <= guess.at < end)


def _places(text: str, wanted: set[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {character: [] for character in wanted}
    for place, character in enumerate(text):
        if character in wanted:
            places[character].append(place)
    return places


def _alike(line: str, at: int, text: str, place: int) -> int:
    """Count the characters in a row before and behind two places that are the same, at most `_AROUND` on a side."""
    left = zip(line[max(0, at - _AROUND) : at][::-1], text[max(0, place - _AROUND) : place][::-1], strict=False)
    right = zip(line[at + 1 : at + 1 + _AROUND], text[place + 1 : place + 1 + _AROUND], strict=False)
    return sum(sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], side)) for side in (left, right))
