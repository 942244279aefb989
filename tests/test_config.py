"""feeds.yaml: what it may say, and how its faults are told."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from digest.config import PresetName, Source, add_source, parse_settings, schema_text
from digest.engines.chat import PRESETS
from digest.errors import ConfigError

GOOD = """\
digest: {title: HF 博客日报, link: "https://example.org/digest", timezone: Asia/Shanghai, order: [zh, en]}
sources:
  - name: Blog
    url: https://example.org/feed.xml
    language: en
    twin: {en: "/blog/{slug}", zh: "/blog/zh/{slug}"}
    allow_private: ["127.0.0.1:8080"]
  - name: no
    url: http://example.net/rss
    pause: 0
"""


def test_the_contract_reads() -> None:
    settings = parse_settings(GOOD)
    assert settings.digest.link == "https://example.org/digest/"
    assert settings.digest.order == ("zh", "en")
    first, second = settings.sources
    assert first.twin == {"en": "/blog/{slug}", "zh": "/blog/zh/{slug}"}
    assert first.allow_private == ("127.0.0.1:8080",)
    assert (first.pause, second.pause, second.name) == (1.0, 0.0, "no")


def test_order_and_amount_are_read() -> None:
    text = GOOD.replace(
        "order: [zh, en]", "topics: {量化: 2, marketing: -1.5}, exclude: ['title:/^周报/'], most_posts: 0"
    )
    text = text.replace("    pause: 0\n", "    weight: 0\n    most: 3\n    translations: http://example.net/zh/\n")
    settings = parse_settings(text)
    assert settings.digest.topics == {"量化": 2.0, "marketing": -1.5}
    assert (settings.digest.exclude, settings.digest.include) == (("title:/^周报/",), ())
    assert (settings.digest.most_posts, settings.digest.most_per_source, settings.digest.watch_days) == (0, 8, 60)
    first, second = settings.sources
    assert (first.weight, first.most, first.translations) == (1.0, 0, "")
    assert (second.weight, second.most, second.translations) == (0.0, 3, "http://example.net/zh/")


FAULTS = {
    "unknown key": ("    pause: 0\n", "    pawse: 0\n", "feeds.yaml:10:5: sources[1].pawse: no such setting"),
    "duplicate key": ("    pause: 0\n", "    url: http://a.example/\n", "feeds.yaml:10:5: sources[1].url: the key"),
    "local file": ("http://example.net/rss", "file:///etc/passwd", "feeds.yaml:9:5: sources[1].url: must be an http"),
    "credentials": ("http://example.net/", "http://a:b@example.net/", "feeds.yaml:9:5: sources[1].url: must not carry"),
    "twin without slug": ("/blog/zh/{slug}", "/blog/zh/", "feeds.yaml:6:5: sources[0].twin: zh:"),
    "zone": ("Asia/Shanghai", "Asia/Peking", "feeds.yaml:1:"),
    "order": ("[zh, en]", "[zh, zh]", "digest.order: must name both"),
    "same feed twice": (
        "http://example.net/rss",
        "https://example.org/feed.xml",
        "sources[1].url repeats sources[0].url",
    ),
    "range": ("pause: 0", "pause: -1", "feeds.yaml:10:5: sources[1].pause"),
    "selector": (
        "    pause: 0\n",
        "    selector: 'a:hover'\n",
        "feeds.yaml:10:5: sources[1].selector: selector:",
    ),
    "not YAML": ("sources:", "sources: [", "not YAML"),
    "rule": (
        "    pause: 0\n",
        "    exclude: [ok, '/(/']\n",
        "feeds.yaml:10:19: sources[1].exclude[1]: /(/ is no regular",
    ),
    "rule that never ends": (
        "    pause: 0\n",
        "    include: ['/(a+)+b/']\n",
        "sources[1].include[0]: /(a+)+b/ repeats",
    ),
    "one rule, no list": (
        "    pause: 0\n",
        "    include: llama\n",
        "sources[1].include: must be a list, as in [llama]",
    ),
    "topic without a weight": ("order: [zh, en]", "topics: {量化: }", "feeds.yaml:1:"),
    "topic's weight": ("order: [zh, en]", "topics: {量化: much}", "digest.topics.量化: "),
    "topic's weight is endless": ("order: [zh, en]", "topics: {量化: .inf}", "digest.topics.量化: "),
    "topic that is no word": ("order: [zh, en]", "topics: {'?!': 1}", "digest.topics.?!: '?!' is no word"),
    "watched for too long": ("order: [zh, en]", "watch_days: 366", "digest.watch_days: "),
    "translations": (
        "    pause: 0\n",
        "    translations: ftp://a.example/\n",
        "sources[1].translations: must be an http",
    ),
    "private without a port": ("127.0.0.1:8080", "127.0.0.1", "must be an exact host:port"),
}


ENGINES = {
    "preset: opnai": "2:18: engines.chat.preset: 'opnai' is none of openai, deepseek, qwen, zhipu, moonshot, silicon",
    "preset": "2:11: engines.chat: must hold settings",
}


@pytest.mark.parametrize("chat", ENGINES)
def test_an_endpoint_that_nobody_knows_is_told_with_those_that_there_are(chat: str) -> None:
    value = f"{{{chat}}}" if ":" in chat else chat
    with pytest.raises(ConfigError) as caught:
        parse_settings(f"sources: [{{name: a, url: 'http://a.example/'}}]\nengines: {{chat: {value}}}\n")
    assert f"feeds.yaml:{ENGINES[chat]}" in str(caught.value)


def test_the_presets_of_the_settings_are_those_that_are_known() -> None:
    assert get_args(PresetName) == ("", *PRESETS)


def test_one_word_where_a_list_belongs_is_shown_as_a_list() -> None:
    with pytest.raises(ConfigError, match=r"engines\.keep: must be a list, as in \[BERT\]"):
        parse_settings(GOOD + "engines: {keep: BERT}\n")


def test_what_is_left_empty_is_as_left_out() -> None:
    assert parse_settings(GOOD + "engines:\n  # chat: {preset: deepseek}\nnetwork:\n") == parse_settings(GOOD)
    assert parse_settings(GOOD + "engines: {limits: , chat: }\n") == parse_settings(GOOD)
    with pytest.raises(ConfigError, match=r"engines\.pawse: no such setting"):
        parse_settings(GOOD + "engines: {pawse: }\n")
    with pytest.raises(ConfigError, match="sources: is missing"):
        parse_settings("sources:\n")


@pytest.mark.parametrize("label", FAULTS)
def test_a_fault_is_told_with_its_place(label: str) -> None:
    old, new, expected = FAULTS[label]
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        parse_settings(GOOD.replace(old, new))
    assert expected in str(caught.value)


def test_several_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(GOOD.replace("    pause: 0\n", "    pause: -1\n    what: 1\n"))
    assert str(caught.value).count("feeds.yaml:") == 2


def test_nested_aliases_end() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(7)
    )
    with pytest.raises(ConfigError, match="too many values"):
        parse_settings(bomb)


def test_a_source_is_added_and_comments_stay() -> None:
    text = GOOD + "# the end\nnetwork: {proxy: ''}\n"
    changed = add_source(text, Source(name="新源", url="https://n.example/atom.xml", language="zh"))
    assert "# the end" in changed
    assert changed.index("新源") < changed.index("# the end")
    assert [s.name for s in parse_settings(changed).sources] == ["Blog", "no", "新源"]
    with pytest.raises(ConfigError, match="repeats"):
        add_source(changed, Source(name="新源", url="https://other.example/"))


def test_the_schema_names_every_setting() -> None:
    schema = json.loads(schema_text())
    assert set(schema["$defs"]["Source"]["properties"]) == set(Source.model_fields)
    assert schema["additionalProperties"] is False
