"""Who gets the digest, by which way and in which form: what feeds.yaml and the file of recipients say (edge).

What a recipient wishes goes before what its list does, and that before the digest's own settings.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from digest.config import Settings, parse_recipient
from digest.config.mail import RecipientSettings
from digest.config.sending import no_list, no_source
from digest.config.wishes import DAILY, ListSettings, Wishes
from digest.errors import ConfigError
from digest.model import MAIL, Recipient

WHERE = "send.mail.recipients_file"
COLUMNS = ("address", "name", "list", "order", "sources", "time", "empty")
PARTED = ",;\t"  # what may stand between columns, the first where the head has one column
LONGEST = 10_000_000  # bytes of the file: some 100,000 recipients


def recipients_of(settings: Settings, base: Path) -> tuple[Recipient, ...]:
    """Give everyone who gets the digest by mail, then the channels; in the order in which they are written.

    Paths start from `base`. Raises ConfigError where the file of recipients is wrong.
    """
    mail = settings.send.mail
    written = [*mail.recipients, *_in_file(settings, base)] if mail else []
    lists = {each.name: each for each in settings.send.lists}
    found = [_recipient(each, lists.get(each.list), settings) for each in written]
    for channel in settings.send.channels:
        title = channel.title or settings.digest.title
        found.append(_made(channel.name, channel.name, DAILY, title, [channel], settings))
    return tuple(found)


def stranger(address: str, settings: Settings) -> Recipient:
    """Give the recipient that an address is which is configured nowhere: one of the list "daily"."""
    written = parse_recipient({"address": address}, "--to")
    named = next((each for each in settings.send.lists if each.name == DAILY), None)
    return _recipient(written, named, settings)


def _recipient(written: RecipientSettings, named: ListSettings | None, settings: Settings) -> Recipient:
    title = (named.title if named else "") or settings.digest.title
    wishes = [written, named] if named else [written]
    return _made(MAIL, written.address, written.list, title, wishes, settings, written.name)


def _made(
    channel: str, address: str, list_name: str, title: str, wishes: Iterable[Wishes], settings: Settings, name: str = ""
) -> Recipient:
    order, sources, time, empty = None, None, None, None
    for wish in wishes:
        order = wish.order if order is None else order
        sources = wish.sources if sources is None else sources
        time = wish.time if time is None else time
        empty = wish.empty if empty is None else empty
    return Recipient(
        channel, address, list_name, title, order or settings.digest.order, name, sources or (), time, bool(empty)
    )


# ---- the file of recipients -----------------------------------------------------------------------------------------


def _in_file(settings: Settings, base: Path) -> tuple[RecipientSettings, ...]:
    mail = settings.send.mail
    if not mail or not mail.recipients_file:
        return ()
    path = base / mail.recipients_file
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
        if len(data) > LONGEST:
            raise ConfigError(f"{WHERE}: {path}", f"is longer than {LONGEST:,} bytes")
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{WHERE}: {path}", f"no such file; its first line must be: {','.join(COLUMNS)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{WHERE}: {path}", 'is no UTF-8 text; save it as "CSV UTF-8"') from None
    except OSError as error:
        raise ConfigError(f"{WHERE}: {path}", f"cannot be read: {error.strerror}") from None
    return read_recipients(text, path.name, settings)


def read_recipients(text: str, name: str, settings: Settings) -> tuple[RecipientSettings, ...]:
    """Read a table of recipients; `name` is what its messages call it.

    Its first line names the columns, in any order; only address must be there. They are parted as that line is: by
    ',', by ';' (Excel, where a comma is in numbers) or by tabs. `order` is "zh en", "zh,en" or "zh;en", several
    `sources` stand with ';' between them, `time` is 07:30, `empty` yes or no. An empty cell is left out, and so is an
    empty line. Raises ConfigError with name:line for the first few faults.
    """
    text = text.removeprefix("\ufeff")
    parted = max(PARTED, key=text.strip().partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, strict=True)
    columns: dict[str, int] | None = None
    found: list[RecipientSettings] = []
    faults: list[ConfigError] = []
    seen = {each.key: "send.mail.recipients" for each in (settings.send.mail.recipients if settings.send.mail else ())}
    begins = 1
    try:
        for row in reader:
            where, begins = f"{name}:{begins}", reader.line_num + 1
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if columns is None:
                columns = _header(cells, where)
                continue
            try:
                found.append(_row(cells, columns, where, settings))
                first = seen.setdefault(found[-1].key, where)
                if first != where:
                    raise ConfigError(where, f"{found[-1].address!r} is on the list {found[-1].list} already: {first}")
            except ConfigError as error:
                faults.append(error)
    except csv.Error as error:
        raise ConfigError(f"{name}:{reader.line_num}", f"is no CSV: {error}") from None
    if columns is None:
        raise ConfigError(f"{name}:1", f"is empty; its first line must be: {','.join(COLUMNS)}")
    if faults:
        raise ConfigError(faults[0].where, "\n".join([faults[0].message, *map(str, faults[1:5])]))
    return tuple(found)


def _header(cells: list[str], where: str) -> dict[str, int]:
    names = [cell.lower() for cell in cells]
    columns = {each: number for number, each in enumerate(names) if each}
    if "address" not in columns:
        raise ConfigError(where, f"names no column address; the first line must be: {','.join(COLUMNS)}")
    for each in columns:
        if each not in COLUMNS:
            raise ConfigError(where, f"{each!r} is none of the columns {', '.join(COLUMNS)}")
        if names.count(each) > 1:
            raise ConfigError(where, f"names the column {each} twice")
    return columns


def _row(cells: list[str], columns: Mapping[str, int], where: str, settings: Settings) -> RecipientSettings:
    if any(cells[max(columns.values()) + 1 :]):
        raise ConfigError(
            where, 'has more cells than the first line has columns; put "…" around a cell that holds what parts cells'
        )
    given: dict[str, object] = {
        column: cells[number] for column, number in columns.items() if number < len(cells) and cells[number]
    }
    if "order" in given:
        given["order"] = re.split(r"[\s,;]+", str(given["order"]).strip(" ,;"))
    if "sources" in given:
        given["sources"] = [each.strip() for each in str(given["sources"]).split(";") if each.strip()]
    recipient = parse_recipient(given, where)
    if recipient.list not in settings.send.list_names:
        raise ConfigError(where, f"list: {no_list(recipient.list, settings.send.list_names)}")
    known = {source.name for source in settings.sources}
    for each in recipient.sources or ():
        if each not in known:
            raise ConfigError(where, f"sources: {no_source(each)}")
    return recipient
