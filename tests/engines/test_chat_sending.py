"""What the chat engine sends, what that costs, who it says it is, and what it keeps to itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import openai
import pytest
from chat_case import GOOD, KEY, KNOWN, TASK, engine_of, faults, said
from fake_chat import ANSWERS, FakeChat
from hypothesis import given
from hypothesis import strategies as st

from digest.config import ChatSettings
from digest.engines.chat import ChatEngine
from digest.engines.chat.client import Unmetered
from digest.engines.chat.prompts import CALL_TOKENS, batches
from digest.engines.chat.tokens import tokens
from digest.model import Both
from digest.translate.cost import Usage
from digest.translate.engine import Answer, Answers, Asked, Task
from digest.translate.masks import FIXED_KINDS


@pytest.fixture
def fake() -> Iterator[FakeChat]:
    with FakeChat(KNOWN) as fake:
        yield fake


# ---- what is sent ---------------------------------------------------------------------------------------------------


def test_the_items_are_the_only_json_of_the_message(fake: FakeChat) -> None:
    asked = Asked(
        'Say "[1]" and {x}.', "line", "It has [two] faults.", '[{"id": 1, "text": "no"}]', (Both("旧 [a]", "old"),)
    )
    task = Task((asked,), "en", "zh", '[{"id": 9, "text": "a title"}]', (Both("令牌 {b}", "token"),))
    engine_of(fake).translate(task)
    request = fake.requests[0]
    assert request.items == [{"id": 1, "text": 'Say "[1]" and {x}.'}]
    user = request.body["messages"][1]["content"]
    assert user[: user.index("Items:")].translate(str.maketrans("[]{}", "\0" * 4)).count("\0") == 0
    for part in ("token → 令牌", "old", "It has (two) faults.", "a title"):
        assert part in user


def test_a_post_goes_out_in_as_few_calls_as_it_fits(fake: FakeChat) -> None:
    engine_of(fake).translate(TASK)
    assert [len(request.items) for request in fake.requests] == [5]
    engine_of(fake, batch=2).translate(TASK)
    assert [len(request.items) for request in fake.requests[1:]] == [2, 2, 1]
    long = Task(tuple(Asked("word " * 400) for _ in range(4)), "en", "zh")
    engine_of(fake).translate(long)
    assert [len(request.items) for request in fake.requests[4:]] == [2, 2]


def test_no_lines_are_no_call(fake: FakeChat) -> None:
    assert engine_of(fake).translate(Task((), "en", "zh")) == Answers(())
    assert fake.calls == 0


@pytest.mark.parametrize(
    ("mode", "answers", "forms"),
    [
        ("good", "auto", ["json_schema"]),
        ("no-schema", "auto", ["json_schema", "json_object"]),
        ("no-form", "auto", ["json_schema", "json_object", None]),
        ("good", "object", ["json_object"]),
        ("good", "plain", [None]),
    ],
)
def test_the_form_of_answers_steps_down_once_and_is_remembered(
    fake: FakeChat, mode: str, answers: str, forms: list[str | None]
) -> None:
    fake.mode = mode
    engine = engine_of(fake, answers=answers)
    assert engine.translate(TASK) == engine.translate(TASK) == Answers(GOOD)
    asked = [request.body.get("response_format", {}).get("type") for request in fake.requests]
    assert asked == [*forms, forms[-1]]


def test_a_form_that_was_chosen_is_not_left(fake: FakeChat) -> None:
    fake.mode = "no-form"
    assert set(faults(engine_of(fake, answers="schema").translate(TASK))) == {"server"}


# ---- what it costs --------------------------------------------------------------------------------------------------


class Cap:
    def __init__(self, calls: int) -> None:
        self.left, self.told = calls, list[tuple[Usage, Usage]]()

    def may(self, prompt_tokens: int, completion_tokens: int) -> str:
        assert prompt_tokens > 0 < completion_tokens
        self.left -= 1
        return "" if self.left >= 0 else "limits.run_tokens is reached"

    def spent(self, estimate: Usage, actual: Usage) -> None:
        self.told.append((estimate, actual))


@pytest.mark.fault("llm", "budget")
def test_a_limit_stops_the_calls_that_follow(fake: FakeChat) -> None:
    """A call would pass a limit of tokens or cost.

    It is not made; what was spent is counted by us.
    """
    cap = Cap(2)
    answers = engine_of(fake, cap, batch=2).translate(TASK)
    assert answers.lines == (*GOOD[:4], Answer(None, ("cap",), lasting=False))
    assert answers.failure == "limits.run_tokens is reached"
    assert fake.calls == 2
    used = [actual for _, actual in cap.told]
    assert sum(used, Usage()) == Usage(2, fake.prompt_tokens, fake.completion_tokens)


@pytest.mark.fault("llm", "usage that lies")
def test_an_endpoint_that_counts_nothing_is_taken_to_have_used_what_was_estimated(fake: FakeChat) -> None:
    """An endpoint reports no usage.

    Our own estimate counts.
    """
    fake.mode = "no-usage"
    cap = Cap(9)
    engine = engine_of(fake, cap)
    engine.translate(TASK)
    assert cap.told == [(Usage(1), engine.estimate(TASK))]  # and corrects no estimate


@pytest.mark.parametrize("batch", [1, 2, 16])
@pytest.mark.parametrize("side", ["en", "zh"])
def test_an_estimate_is_what_is_then_spent(batch: int, side: str) -> None:
    """Calls exactly; tokens within a tenth of what the server counts, which has other words for a token than we."""
    pairs = [(f"{en} Part {i}.", f"{zh}第 {i} 部分。") for i, (en, zh) in enumerate(list(KNOWN.items()) * 5)]
    known = dict(pairs if side == "en" else [(zh, en) for en, zh in pairs])
    task = Task(
        tuple(Asked(text) for text in known), side, "zh" if side == "en" else "en", "A title", (Both("令牌", "token"),)
    )
    with FakeChat(known) as fake:
        meter = Unmetered()
        engine = engine_of(fake, meter, batch=batch)
        plan = engine.estimate(task)
        assert fake.calls == 0
        assert all(said(engine.translate(task)))
        assert plan.calls == fake.calls == meter.run.calls
        assert meter.run.tokens == fake.prompt_tokens + fake.completion_tokens
        assert abs(plan.tokens - meter.run.tokens) <= 0.1 * meter.run.tokens


# ---- who it is, and what it keeps to itself -------------------------------------------------------------------------


def test_the_signature_names_what_can_change_an_answer(fake: FakeChat) -> None:
    def read(name: str) -> str:
        return "other {{ source }}" if name.endswith("system.j2") else "{{ items }}"

    engine = engine_of(fake)
    assert engine.signature.startswith(f"chat:fake-1@{fake.place}:")
    others = [engine_of(fake, model="a b"), engine_of(fake, temperature=1), engine_of(fake, batch=2)]
    signatures = {each.signature for each in (engine, *others)}
    signatures.add(ChatEngine(engine.client, ChatSettings(base_url=fake.base_url, model="fake-1"), read).signature)
    assert len(signatures) == 5
    assert not any(" " in each or KEY in each for each in signatures)
    assert (engine.made_by, engine.listens, engine.masks) == ("machine", True, FIXED_KINDS)
    assert [engine.serves(*pair) for pair in (("en", "zh"), ("zh", "en"), ("en", "en"), ("fr", "zh"))] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.fault("llm", "key that leaks")
def test_the_key_goes_to_the_endpoint_and_nowhere_else(fake: FakeChat, caplog: pytest.LogCaptureFixture) -> None:
    """Redirects, errors and logs could carry the key.

    It goes to the endpoint and nowhere else.
    """
    caplog.set_level(logging.DEBUG)
    seen = []
    for mode in ("good", *ANSWERS):
        fake.mode = mode
        engine = engine_of(fake, timeout=0.5)
        seen += [repr(engine.translate(TASK)), repr(engine), repr(engine.client), str(engine.client.endpoint)]
        seen += [engine.signature, engine.client.closed]
    assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in fake.requests)
    assert not any(KEY in each for each in seen)
    assert KEY not in caplog.text


def test_many_threads_may_ask_at_once(fake: FakeChat) -> None:
    fake.mode = "no-form"
    engine = engine_of(fake)
    found: list[Answers] = []
    threads = [threading.Thread(target=lambda: found.append(engine.translate(TASK))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Answers(GOOD)] * 8


def test_the_openai_package_reads_the_fake_as_it_reads_a_real_endpoint(fake: FakeChat) -> None:
    """The fake speaks as OpenAI does: what our client is tested against is what the vendor's own client takes."""
    engine_of(fake).translate(TASK)
    sent = fake.requests[0].body
    with openai.OpenAI(api_key=KEY, base_url=fake.base_url, max_retries=0) as client:
        told = client.chat.completions.create(
            model="fake-1", messages=sent["messages"], response_format=sent["response_format"], temperature=0
        )
        assert all(text in (told.choices[0].message.content or "") for text in KNOWN.values())
        assert told.choices[0].finish_reason == "stop"
        assert told.usage is not None
        assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens
        fake.mode = "401"
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model="fake-1", messages=sent["messages"])


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=60), st.integers(1, 64))
def test_batches_leave_out_nothing_and_keep_the_order(sizes: list[int], most: int) -> None:
    asked = [Asked(f"{i}" + "a" * 4 * size) for i, size in enumerate(sizes)]
    cut = list(batches(asked, most))
    assert [line for batch in cut for line in batch] == asked
    assert all(1 <= len(batch) <= most for batch in cut)
    assert all(len(batch) == 1 or sum(tokens(line.text) for line in batch) <= CALL_TOKENS for batch in cut)
