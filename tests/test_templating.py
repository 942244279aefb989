"""The user's templates before those that ship."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "render"))

from sample_day import DAY

from digest.errors import ConfigError
from digest.model import Letter
from digest.render.mail import letter
from digest.render.page import fill, html, packaged
from digest.templating import shipped_templates, template_files, templates_reader

DOCS = Path(__file__).parent.parent / "docs" / "templates.md"


def own(folder: Path, **texts: str) -> Path:
    """Write templates into a folder: __ in a name stands for a dot."""
    for name, text in texts.items():
        (folder / f"{name.replace('__', '.')}.j2").write_text(text, "utf-8")
    return folder


def style_of(page: str) -> str:
    return page.split("<style>")[1].split("</style>")[0]


def test_one_file_is_overridden_and_the_others_are_those_that_ship(tmp_path: Path) -> None:
    read = templates_reader(own(tmp_path, page__css="h1 { color: teal }\n"))
    page = html(DAY, read)
    assert "teal" in style_of(page)
    assert "Zh Marks" not in style_of(page)
    assert page.count("<article") == html(DAY).count("<article") > 0
    assert read("entry.html.j2") == packaged("entry.html.j2")


def test_an_overridden_style_has_the_hash_that_the_policy_lets_through(tmp_path: Path) -> None:
    page = html(DAY, templates_reader(own(tmp_path, page__css="h1 { color: teal }\n")))
    assert "style-src &#39;sha256-" not in page
    assert page.count("style-src 'sha256-") == 1
    assert page.split("style-src '")[1].split("'")[0] != html(DAY).split("style-src '")[1].split("'")[0]


def test_mail_is_written_by_ones_own_template(tmp_path: Path) -> None:
    made = letter(DAY, read=templates_reader(own(tmp_path, mail__txt="Dear reader, {{ digest.title }}\n")))
    assert isinstance(made, Letter)
    assert made.text == f"Dear reader, {DAY.title}\n"
    assert made.html == letter(DAY).html


def test_a_reader_is_equal_while_nothing_changed_and_another_when_a_file_did(tmp_path: Path) -> None:
    first = templates_reader(own(tmp_path, page__css="a"))
    assert (first, hash(first)) == (templates_reader(tmp_path), hash(templates_reader(tmp_path)))
    own(tmp_path, page__css="b")
    assert templates_reader(tmp_path) != first
    assert (fill("page.css.j2", first), fill("page.css.j2", templates_reader(tmp_path))) == ("a", "b")
    assert templates_reader(None) == templates_reader(None) != first


def test_a_template_that_is_nowhere_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        templates_reader(tmp_path)("nothing.j2")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder of templates") as caught:
        templates_reader(tmp_path / "none")
    assert caught.value.where == str(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "nearest"), [("pages.html.j2", "page.html.j2"), ("page.html", "page.html.j2"), ("mail.css", "mail.css.j2")]
)
def test_a_file_that_overrides_nothing_is_told_with_the_nearest_name(tmp_path: Path, name: str, nearest: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(ConfigError, match=f"overrides nothing: did you mean {nearest}\\?") as caught:
        templates_reader(tmp_path)
    assert caught.value.where == str(tmp_path / name)


def test_prompts_of_engines_are_no_templates_to_override(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "translate-user.j2").write_text("x")
    with pytest.raises(ConfigError, match="overrides nothing"):
        templates_reader(tmp_path)
    assert not [name for name in shipped_templates() if "prompt" in name]


def test_a_file_that_another_includes_may_have_any_name(tmp_path: Path) -> None:
    own(tmp_path, page__css='{% include "mine/colours.css" %}\n')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "colours.css").write_text("h1 { color: teal }\n")
    assert "teal" in style_of(html(DAY, templates_reader(tmp_path)))


def test_hidden_files_and_editors_copies_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in (".DS_Store", ".git/HEAD", "page.html.j2~"):
        (tmp_path / name).write_text("x")
    assert templates_reader(tmp_path).own == ()
    assert [path for path in template_files(tmp_path) if tmp_path in path.parents] == []


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.css.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read as UTF-8") as caught:
        templates_reader(tmp_path)
    assert caught.value.where == str(tmp_path / "page.css.j2")


# ---- what is wrong in a template ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "line", "told"),
    [
        ("page__html", "{{ title }}\n{{ titel }}\n", 2, "UndefinedError: 'titel' is undefined"),
        ("page__html", "\n\n{% if %}\n", 3, "TemplateSyntaxError"),
        ("page__html", "{{ order.none.more }}", 1, "UndefinedError"),
        ("page__html", "\n{{ 1 / 0 }}\n", 2, "the template fails: ZeroDivisionError"),
        ("page__css", "h1 {}\n{{ colour }}\n", 2, "UndefinedError: 'colour' is undefined"),
        ("entry__html", "{% macro post(a, b=false) %}\n{{ a.titel.zh }}{% endmacro %}"
         "{% macro named(x) %}{% endmacro %}{% macro entry_link(x) %}{% endmacro %}"
         "{% macro value_of(x) %}{% endmacro %}", 2, "UndefinedError"),
        ("entry__html", "\n{% macro post %}", 2, "TemplateSyntaxError"),
    ],
)  # fmt: skip
def test_an_error_names_the_users_file_and_line(tmp_path: Path, name: str, text: str, line: int, told: str) -> None:
    read = templates_reader(own(tmp_path, **{name: text}))
    with pytest.raises(ConfigError) as caught:
        html(DAY, read)
    assert caught.value.where == f"{tmp_path / name.replace('__', '.')}.j2:{line}"
    assert caught.value.message.startswith(told)


def test_a_bug_in_a_template_that_ships_stays_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {**shipped_templates(), "page.css.j2": "{{ 1 / 0 }}"}
    monkeypatch.setattr("digest.templating.shipped_templates", lambda: shipped)
    with pytest.raises(ZeroDivisionError):
        html(DAY, templates_reader(None))


# ---- what is written of them ----------------------------------------------------------------------------------------


def test_the_guide_names_every_template_and_none_that_is_not_there() -> None:
    text = DOCS.read_text("utf-8")
    named = {part for part in text.split("`") if part.endswith(".j2") and part[0] != "…"}
    assert named == set(shipped_templates())
