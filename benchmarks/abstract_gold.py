"""The gold of benchmarks/gold/abstracts, and where its sentences stand in a document as it is read now.

The gold holds places and keys, no text (see its README). A sentence is found at its own place where the key of the text
there agrees; where paragraphs or splitting have moved, by its key, in the nearest paragraph.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from digest.config import Source
from digest.entry import Kept
from digest.linking.packed import ReadText
from digest.model import Document, Edition, Page, Place, Post
from digest.normalise.post import document_of
from digest.normalise.split import sentences

FOLDER = Path(__file__).parent / "gold" / "abstracts"
PARTS = ("read", "more", "unread")
DAY = datetime(2025, 4, 16, tzinfo=UTC)

# What kind of post each is, told from its title and the gold's README; "release" are announcements and product notes,
# "explainer" posts that teach a method.
GENRES = {
    "release": "daily-papers elixir-bumblebee open-deep-research unified-tool-use xethub-joins-hf "
    "leaderboard-medicalllm mixtral password-git-deprecation presidio-pii-detection sd3 "
    "ai-art-newsletter-jan-25 beating-gaia codellama dynamic_speculation_lookahead falcon gemma-july-update "
    "google-cloud-model-garden gradio-reload idefics2 intel-protein-language-model-protst",
    "tutorial": "bloom-inference-pytorch-scripts constrained-beam-search optimize-llm lora ml-for-games-2 "
    "phi2-intel-meteor-lake blip-2 cost-efficient-rag-applications-with-intel deepspeed-to-fsdp-and-back dreambooth "
    "generative-ai-models-on-intel-cpu getting-started-habana image-similarity intel-fast-embedding "
    "intel-sapphire-rapids introduction-to-ggml",
    "explainer": "moe setfit watermarking cv_state from-files-to-chunks habana-gaudi-2-benchmark large-language-models",
    "essay": "chinese-ai-expansion os-llms transformers-model-definition red-teaming transformers-design-philosophy "
    "ethics-diffusers ethics-soc-3 eu-ai-act-for-oss-developers",
}


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence of the English edition; `kind` says why an unfit one is, "" for the others."""

    number: int
    block: int
    start: int
    end: int
    key: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class GoldFact:
    """A fact, and the sets of sentences each of which states it."""

    name: str
    ways: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class GoldPost:
    slug: str
    folder: str
    genre: str
    sentences: tuple[GoldSentence, ...]
    must: tuple[GoldFact, ...]
    nice: tuple[GoldFact, ...]


def gold_posts(part: str) -> tuple[GoldPost, ...]:
    """Read one part of the gold, of PARTS."""
    rows = [json.loads(line) for line in (FOLDER / f"{part}.jsonl").read_text("utf-8").splitlines()]
    genre_of = {slug: genre for genre, slugs in GENRES.items() for slug in slugs.split()}
    lines: dict[str, list[GoldSentence]] = defaultdict(list)
    for row in rows:
        if "label" in row:
            found = GoldSentence(
                row["n"], row["block"], *row["span"], row["key"], row["label"], row.get("kind", "")
            )  # fmt: skip
            lines[row["post"]].append(found)
    return tuple(
        GoldPost(
            row["post"], row["folder"], genre_of[row["post"]], tuple(lines[row["post"]]),
            _facts(row["must"]), _facts(row["nice"]),
        )
        for row in rows if "must" in row
    )  # fmt: skip


def _facts(rows: Iterable[dict[str, object]]) -> tuple[GoldFact, ...]:
    return tuple(GoldFact(str(row["name"]), tuple(map(frozenset, row["any"]))) for row in rows)  # type: ignore[call-overload]


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(slots=True)
class Located:
    """The gold of a post in a document: for each paragraph its sentences as (start, end, number).

    `lost` counts the sentences of the gold that are not in the document.
    """

    gold: GoldPost
    document: Document
    lost: int = 0
    at: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        known = defaultdict(list)
        for sentence in sentences(self.document.paragraphs):
            known[key_of(sentence.text)].append((sentence.paragraph, sentence.start, sentence.end))
        taken: set[tuple[int, int, int]] = set()
        for row in self.gold.sentences:
            own = (row.block, row.start, row.end)
            if row.block < len(self.document.paragraphs):
                text = self.document.paragraphs[row.block].text[row.start : row.end]
                places = [own] if key_of(text) == row.key else known[row.key]
            else:
                places = known[row.key]
            free = [place for place in places if place not in taken]
            if not free:
                self.lost += 1
                continue
            block, start, end = min(free, key=lambda place: abs(place[0] - row.block))
            taken.add((block, start, end))
            self.at[block].append((start, end, row.number))

    def parts(self, place: Place) -> tuple[int, ...]:
        """Give the numbers of the sentences that a place prints, in order.

        A sentence counts where the overlap is half of the shorter of the two stretches.
        """
        return tuple(number for number, share in self._overlaps(place) if share >= 0.5)

    def _overlaps(self, place: Place) -> Iterator[tuple[int, float]]:
        for start, end, number in sorted(self.at.get(place.paragraph, ())):
            common = min(end, place.end) - max(start, place.start)
            if common > 0:
                yield number, common / min(end - start, place.end - place.start)

    def covered(self, places: Iterable[Place]) -> frozenset[int]:
        """Give the sentences of which at least half is printed."""
        printed: dict[int, float] = defaultdict(float)
        for place in places:
            for start, end, number in self.at.get(place.paragraph, ()):
                printed[number] += max(0, min(end, place.end) - max(start, place.start)) / (end - start)
        return frozenset(number for number, share in printed.items() if share >= 0.5)


def kept_post(folder: Path, slug: str) -> Kept:
    """Give a post of the corpora as the store would: its page and that of its Chinese edition, both Markdown."""
    source = Source(name="blog", url="https://example.org/feed", language="en")
    urls = {"en": f"https://example.org/{slug}.md", "zh": f"https://example.org/zh/{slug}.md"}
    pages = {
        lang: Page(url, (folder / f"{slug}.{lang}.md").read_bytes(), (("content-type", "text/markdown"),))
        for lang, url in urls.items()
    }
    post = Post(slug, source.url, slug, urls["en"], "", DAY, True, DAY, "en", "", "")
    there = replace(post, url=urls["zh"], lang="zh-Hans")
    return Kept(
        post=post,
        source=source,
        late=False,
        text=ReadText(document_of(post, pages["en"])),
        page_error=None,
        edition=Edition(slug, "zh-Hans", urls["zh"], None, "twin", 1.0, "en"),
        edition_post=None,
        edition_text=ReadText(document_of(there, pages["zh"])),
        edition_source=None,
    )
