"""What would be sent, without sending it: a line each (--dry-run), or a file each (--eml) (edge)."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from digest.deliver.due import NO_POSTS, Due, due, due_moment
from digest.deliver.letters import Letters, Pages
from digest.deliver.sending import Asked, Sending
from digest.errors import ConfigError, DeliveryError
from digest.model import MAIL, Recipient
from digest.output import write_file

LONGEST_NAME = 200  # bytes of a file's name; most file systems take 255
WOULD = "would be sent"


def dry_run(sending: Sending, asked: Asked) -> tuple[list[str], list[str]]:
    """Give a line for each recipient and day, tabs between recipient, list, day, subject, size and what would happen.

    Nothing is sent or written. Gives also what is wrong, with a page or for one recipient. Raises ConfigError.
    """
    recipients, pages = sending.recipients(asked.to), Pages(sending.out)
    days, faults = sending.days(asked.day, pages)
    letters = sending.letters(pages, preview=True) if sending.settings.send.mail else None
    lines = []
    for each in due(recipients, days, asked.day is not None, sending.store, pages, sending.calendar):
        who = each.recipient
        try:
            subject, size = _sized(sending, each, pages, letters)
        except DeliveryError as error:
            faults.append(f"{who.address}, {each.day}: {error}")
            continue
        fate = each.why or WOULD
        lines.append("\t".join((who.address, who.list, str(each.day), subject, f"{size / 1000:.1f} kB", fate)))
    return lines, faults


def _sized(sending: Sending, each: Due, pages: Pages, letters: Letters | None) -> tuple[str, int]:
    who, day = each.recipient, each.day
    if who.channel != MAIL or letters is None:
        bodies = sending.chat(who.channel, None).bodies(pages.of(day, who))
        parts = f" ({len(bodies)} parts)" if len(bodies) > 1 else ""
        return f"{who.title} {day}{parts}", sum(len(body.encode()) for body in bodies)
    mail = letters.mail(day, who, due_moment(who, day, sending.calendar))
    return letters.letter(day, who).subject, len(mail.data)


def write_mails(sending: Sending, asked: Asked, folder: Path) -> tuple[list[Path], list[str], list[str]]:
    """Write the mails of a day, the last complete one if none was asked for, into a folder; nothing is sent.

    Whoever has got the day already is among them, who gets nothing any more is not. Its header Date is that of the
    sent mail, else the moment from which it is due. Gives the files, who gets none and why, and what is wrong. Raises
    ConfigError.
    """
    pages = Pages(sending.out)
    day = asked.day or sending.calendar.last_complete
    days, faults = sending.days(day, pages)
    recipients = [each for each in sending.recipients(asked.to) if each.channel == MAIL]
    if not recipients:
        sending.mail  # noqa: B018  # which says what is missing
        raise ConfigError("send.mail.recipients", "names nobody; name somebody, or: --to ADDRESS")
    letters = sending.letters(pages)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the files' names are addresses
    files: list[Path] = []
    left: list[str] = []
    taken: set[str] = set()
    queued = {(row.list, row.recipient): row.queued for row in sending.store.deliveries_of(day) if row.channel == MAIL}
    for each in due(recipients, days, True, sending.store, pages, sending.calendar):
        who = each.recipient
        if each.suppressed or each.why == NO_POSTS:
            left.append(f"{who.address}, {day}: not written: {each.why}")
            continue
        moment = queued.get((who.list, who.address)) or due_moment(who, day, sending.calendar)
        try:
            mail = letters.mail(day, who, moment)
        except DeliveryError as error:
            faults.append(f"{who.address}, {day}: {error}")
            continue
        path = folder / _file_name(day, who, taken)
        write_file(path, mail.data, 0o600)
        files.append(path)
    return files, left, faults


def _file_name(day: date, who: Recipient, taken: set[str]) -> str:
    """Name a mail's file: its day, list and address, with a hash where that alone would not do."""
    plain = f"{day}-{who.list}-{who.address}"
    safe = re.sub(r"[^\w@.+-]", "_", plain).encode()[:LONGEST_NAME].decode(errors="ignore")
    if safe != plain or safe.casefold() in taken:
        safe += "-" + hashlib.sha256("\0".join((str(day), who.list, who.address)).encode()).hexdigest()[:8]
    taken.add(safe.casefold())
    return f"{safe}.eml"
