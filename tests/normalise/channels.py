"""The ways to lose bytes that real texts show, by name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from digest.normalise.repair.channel import REPLACEMENT, Channel, lossy


def _presets() -> dict[str, Channel]:
    found = {}
    for codec, soft_hyphen, spaced in product(("cp1252", "cp1254"), (True, False), (False, True)):
        for name, stand_in in (("", ""), ("fffd", REPLACEMENT), ("question", "?")):
            parts = (codec, name, "" if soft_hyphen else "ad", "space" if spaced else "")
            found["+".join(filter(None, parts))] = lossy(codec, soft_hyphen, stand_in, spaced)
    for codec in ("latin-1", "cp1251"):
        found[codec] = lossy(codec)
    return found | {codec: Channel(codec) for codec in ("mac-roman", "cp437")}


# The two profiles in every variant that real texts show ("cp1254", "cp1254+fffd", "cp1252+ad+space": AD kept, U+00A0
# became a space), and other code pages, by name.
PRESETS: Mapping[str, Channel] = _presets()
