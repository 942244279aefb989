"""The days of an output folder: each is what its file's name says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from digest.deliver.letters import Pages
from digest.errors import DeliveryError
from digest.model import Digest
from digest.render.site import json_text

DAY = Digest(
    day=date(2025, 4, 16), title="D", link="", timezone="UTC", order=("zh", "en"), abstracts=(), failures=(),
    signature="",
)  # fmt: skip


def test_the_page_of_another_day_is_mailed_under_no_name_but_its_own(tmp_path: Path) -> None:
    other = DAY.day + timedelta(days=1)
    for day in (DAY.day, other):
        (tmp_path / f"{day}.json").write_text(json_text(DAY), "utf-8")
    pages = Pages(tmp_path)
    assert pages.day(DAY.day).day == DAY.day
    for _ in range(2):
        with pytest.raises(DeliveryError) as caught:
            pages.day(other)
        assert str(caught.value) == (
            f"{tmp_path / f'{other}.json'}: is the page of {DAY.day}, not of {other}: digest build {other}"
        )
    (tmp_path / f"{other}.json").write_text(json_text(replace(DAY, day=other)), "utf-8")
    assert pages.day(other).day == other
