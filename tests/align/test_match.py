import zlib

import numpy as np

from digest.align.embed import unit_rows
from digest.align.match import chained_share, may_be_same, near_titles, same_post, shared_structure
from digest.model import Document, Paragraph, Sentence


class Dictionary:
    """An embedder for tests: texts of the form "side:thing" have the vector of their thing, with some noise."""

    name, dim = "dictionary", 64

    def encode(self, texts):
        rows = [self._row(text) for text in texts]
        return unit_rows(np.array(rows, dtype=np.float32).reshape(len(texts), self.dim))

    def _row(self, text):
        meaning = np.random.default_rng(zlib.crc32(text.split(":")[1].encode())).standard_normal(self.dim)
        return meaning + 0.3 * np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dim)


def post(side, things, title="title", code="x = load_model()"):
    texts = [f"{side}:{thing}" for thing in things]
    paragraphs = (*(Paragraph("prose", text) for text in texts), Paragraph("code", code))
    document = Document(f"https://{side}.example/", "zh-Hans" if side == "z" else "en", f"{side}:{title}", paragraphs)
    return document, [Sentence(text, i, 0) for i, text in enumerate(texts)]


def ask(zh_things, en_things, **more):
    (zh, zh_lines), (en, en_lines) = post("z", zh_things), post("e", en_things, **more)
    return same_post(zh, en, zh_lines, en_lines, Dictionary())


THINGS = [
    f"{word}{i * i}" for i, word in enumerate(["ship", "tree", "lamp", "rock", "bird", "door", "rain", "salt"] * 3)
]


def test_a_translation_is_accepted():
    match = ask(THINGS, THINGS)
    assert match.accepted
    assert match.score > 0.9
    assert match.reasons[0] == "chain:1.00"


def test_a_translation_with_parts_added_or_dropped_is_accepted():
    assert ask(THINGS, [*THINGS[:5], *THINGS[14:]]).accepted
    assert ask(THINGS[8:], [*(f"note{i}{i}" for i in range(6)), *THINGS]).accepted


def test_a_post_that_shares_a_few_lines_is_refused():
    assert not ask(THINGS, [*THINGS[:4], *(f"other{i**3}x" for i in range(20))]).accepted


def test_the_same_lines_in_another_order_are_refused():
    assert not ask(THINGS, THINGS[::-1]).accepted


def test_two_lines_in_common_are_no_edition():
    assert not ask(THINGS, THINGS[:2]).accepted


def test_the_languages_must_be_chinese_and_english():
    zh, zh_lines = post("z", THINGS)
    match = same_post(zh, zh, zh_lines, zh_lines, Dictionary())
    assert not match.accepted
    assert match.reasons == ("languages:zh-Hans-zh-Hans",)


def test_nothing_is_no_edition_of_anything():
    assert ask([], THINGS).reasons == ("empty",)


def test_structure_is_what_translation_leaves_alone():
    same = (
        "import flask\napp = flask.Flask()\napp.run(port=5000)\nassert app.name\nprint(app.config)\nprint(app.routes)"
    )
    other = "select name\nfrom planets\nwhere mass > 1000\norder by distance\nlimit 20 offset 40\ngroup by colour"
    one, two, three = post("z", [], code=same)[0], post("e", [], code=same)[0], post("e", [], code=other)[0]
    assert shared_structure(one, two) == 1
    assert shared_structure(one, three) == 0
    assert shared_structure(one, post("e", [], code="")[0]) is None


def test_near_titles_come_best_first_and_far_ones_not_at_all():
    zh, en = ["z:ships at sea", "z:old trees", "z:salt"], ["e:old trees", "e:ships at sea", "e:a lamp"]
    found = near_titles(zh, en, Dictionary(), floor=0.5)
    assert {(i, j) for i, j, _ in found} == {(0, 1), (1, 0)}
    assert [score for *_, score in found] == sorted((score for *_, score in found), reverse=True)
    assert near_titles([], en, Dictionary(), floor=0.5) == ()


def test_titles_alike_are_all_proposed():
    assert [(i, j) for i, j, _ in near_titles(["z:part"], ["e:part", "e:part"], Dictionary())] == [(0, 0), (0, 1)]


def test_posts_of_unlike_structure_are_not_worth_a_comparison():
    same = (
        "import flask\napp = flask.Flask()\napp.run(port=5000)\nassert app.name\nprint(app.config)\nprint(app.routes)"
    )
    other = same.replace("app", "database").replace("flask", "sqlite")
    assert may_be_same(post("z", [], code=same)[0], post("e", [], code=same)[0])
    assert not may_be_same(post("z", [], code=same)[0], post("e", [], code=other)[0])
    assert may_be_same(post("z", [], code="")[0], post("e", [], code=same)[0])


def test_the_chain_counts_the_shorter_side():
    vectors = Dictionary().encode([f"z:{thing}" for thing in THINGS])
    assert chained_share(vectors, vectors[:10]) == 1
