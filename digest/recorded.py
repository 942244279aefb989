"""What a day's JSON file says → the digest it was made from: the inverse of `render.record` (pure)."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import get_args

from digest.errors import DeliveryError
from digest.model import (
    SIDES,
    Abstract,
    Both,
    Correction,
    Digest,
    Fact,
    Failure,
    Gloss,
    Grade,
    Guess,
    Kind,
    Line,
    LinePair,
    Listed,
    MadeBy,
    Passed,
    Place,
    Status,
    Verdict,
    Weighed,
    base_lang,
)
from digest.render.record import SCHEMA_VERSION
from digest.values import Value, WrongValueError

LONGEST_WATCH = 365  # days, as the settings have it


def digest_of(text: str, name: str) -> Digest:
    """Read a day's JSON (schema_version 1) back into its Digest; `name` is what messages call the file.

    `record` says the same of both; numbers come back with the four decimals that the file has. Raises DeliveryError
    in one line for a text that is no day of ours.
    """
    told = None
    try:
        told = json.loads(text)
        return _digest(Value(told))
    except WrongValueError as error:
        reason = str(error)
    except (ValueError, RecursionError):
        reason = "this is not JSON"
    raise DeliveryError(f"{name}: {reason}; 'digest build {_day_named(told, name)}' writes it anew")


def _day_named(told: object, name: str) -> str:
    """Name the day that the file is of, by what it says or by its name, for a command."""
    try:
        return Value(told)["date"].day().isoformat()
    except WrongValueError:
        named = re.search(r"(\d{4}-\d\d-\d\d)\.json$", name, re.ASCII)
        return named[1] if named else "DATE"


# ---- the day and its posts ------------------------------------------------------------------------------------------


def _digest(told: Value) -> Digest:
    version = told["schema_version"]
    if version.count() != SCHEMA_VERSION:
        version.wrong(f"{SCHEMA_VERSION} for this version of the program")
    return Digest(
        day=told["date"].day(),
        title=told["title"].text(),
        link=told["link"].text(),
        timezone=told["timezone"].zone(),
        order=_order(told["order"]),
        abstracts=tuple(_abstract(post) for post in told["posts"]),
        failures=tuple(Failure(f["url"].text(), f["stage"].text(), f["reason"].text()) for f in told["failures"]),
        signature=told["signature"].text(),
        quality=tuple((name, count.count()) for name, count in told["quality"].named()),
        refused=tuple((name, count.count()) for name, count in told["refused"].named()),
        credits=_texts(told["credits"]),
        offer=_both(offer) if (offer := told["offer"].maybe()) else None,
        newly=tuple(_abstract(post) for post in told["newly_translated"]),
        rest=tuple(_listed(each) for each in told["rest"]),
        watch_days=told["watch_days"].count(LONGEST_WATCH),
    )


def _order(told: Value) -> tuple[str, str]:
    sides = tuple(side.one_of(SIDES) for side in told)
    if len(sides) != 2 or sides[0] == sides[1]:
        told.wrong("both languages, each once")
    return sides[0], sides[1]


def _abstract(told: Value) -> Abstract:
    return Abstract(
        id=told["id"].text(),
        title=_both(told["title"]),
        url=_both(told["url"]),
        source=told["source"].text(),
        edition_source=told["edition_source"].text() if "edition_source" in told else "",  # older files have none
        published=told["published"].moment(),
        lang=told["lang"].text(),
        kind=told["kind"].one_of(get_args(Kind)),
        pairs=tuple(_pair(pair) for pair in told["pairs"]),
        title_langs=_both(told["title_langs"]),
        credits=_texts(told["credits"]),
        status=told["status"].one_of(get_args(Status)),
        notes=_texts(told["notes"]),
        minutes=told["minutes"].count(),
        outline=tuple(_pair(pair) for pair in told["outline"]),
        card=tuple(_fact(fact) for fact in told["card"]),
        terms=tuple(_both(term) for term in told["terms"]),
        title_made=_pair(made) if (made := told["title_made"].maybe()) else None,
        guessed=told["guessed"].count(),
        unsure=told["unsure"].count(),
        genre=told["genre"].text(),
        weighed=tuple(_weighed(each) for each in told["why"]),
        also=tuple(_listed(each) for each in told["also"]),
        day=_day(told["day"]),
        updated=_day(told["updated"]),
        updated_by=told["updated_by"].one_of(("", "translation", "edit")),
        rank=_numbers(told["rank"]["parts"]),
    )


def _listed(told: Value) -> Listed:
    return Listed(
        id=told["id"].text(),
        title=_both(told["title"]),
        url=_both(told["url"]),
        source=told["source"].text(),
        published=told["published"].moment(),
        why=told["why"].one_of((*get_args(Passed), "comparable")),
        entry=told["entry"].text(),
        day=_day(told["day"]),
        rank=_numbers(told["rank"]["parts"]),
    )


def _fact(told: Value) -> Fact:
    place = _place(there) if (there := told["place"].maybe()) else None
    return Fact(told["name"].text(), _both(told), place, told["href"].text())


def _weighed(told: Value) -> Weighed:
    return Weighed(
        _place(told["place"]), told["why"].text(), told["score"].number(), _numbers(told["parts"]),
        _texts(told["faults"]), told["pair"].text(),
    )  # fmt: skip


# ---- pairs ----------------------------------------------------------------------------------------------------------


def _pair(told: Value) -> LinePair:
    grade = told["grade"].maybe()
    verdict = Verdict(
        score=told["score"].number(),
        verified=told["verified"].flag(),
        grade=grade.one_of(get_args(Grade)) if grade else None,
        reasons=_texts(told["reasons"]),
        exact=told["exact"].number(),
    )
    if not (told["zh"].maybe() or told["en"].maybe()):
        told.wrong("a line in one language at least")
    maker = told["made_by"].one_of(get_args(MadeBy))
    made = told["correction"].maybe() if "correction" in told else None  # older files have none
    return LinePair(
        told["id"].text(), _line(told, "zh"), _line(told, "en"), maker, verdict, told["engine"].text(),
        _correction(made) if made else None,
    )  # fmt: skip


def _correction(told: Value) -> Correction:
    return Correction(
        how=told["how"].one_of(("rejected", "replaced")),
        was=_pair(told["was"]),
        reason=told["reason"].text(),
        on=_day(told["on"]),
        by=told["by"].text(),
    )


def _line(told: Value, side: str) -> Line | None:
    """Read a side of a pair. Of the places of both lines, those in Chinese are the Chinese line's, if there is one."""
    if not (text := told[side].maybe()):
        return None
    alone = told["en" if side == "zh" else "zh"].value is None
    places = (_place(each) for each in told["sources"])
    return Line(
        lang=told["langs"][side].text(),
        text=text.text(),
        places=tuple(each for each in places if alone or (base_lang(each.lang) == "zh") == (side == "zh")),
        code=tuple(span.span() for span in told["code"][side]),
        guesses=tuple(_guess(each) for each in told["guesses"] if each["side"].one_of(SIDES) == side),
        glosses=tuple(
            Gloss(each["at"].count(), each["text"].text(), each["lang"].text())
            for each in told["glosses"] if each["side"].one_of(SIDES) == side
        ),
    )  # fmt: skip


def _guess(told: Value) -> Guess:
    others = tuple((other["text"].text(), other["sure"].number()) for other in told["others"])
    return Guess(told["at"].count(), told["chosen"].text(), told["sure"].number(), others)


def _place(told: Value) -> Place:
    return Place(
        told["lang"].text(), told["url"].text(),
        told["paragraph"].count(), told["start"].count(), told["end"].count(),
    )  # fmt: skip


# ---- what is in all of them -----------------------------------------------------------------------------------------


def _both(told: Value) -> Both:
    return Both(*(side.text() if (side := told[name].maybe()) else None for name in SIDES))


def _day(told: Value) -> date | None:
    return told.day() if told.maybe() else None


def _texts(told: Value) -> tuple[str, ...]:
    return tuple(each.text() for each in told)


def _numbers(told: Value) -> tuple[tuple[str, float], ...]:
    return tuple((name, value.number()) for name, value in told.named())
