"""A translation model of some 40 kB with random weights, made inside a test: it loads and runs as a real one does.

What it says is nonsense of the right kind: pieces of both languages, ended by the model itself.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import sentencepiece

SAMPLE = """
A small model that says nothing true, in two languages.
Tests need words to cut: the quick engine reads one line, and gives one line back.
How many lines? As many as it was asked, in the same order! Numbers 0123456789, marks X1 X2 X3 X4 X5 X6 X7.
Just keep very warm boxes; questions make zero difference (zh or en).
一个小模型，它说的都不是真话，用两种语言。
测试需要可以切开的词：引擎读一行，就还一行。
有多少行？问了多少就有多少，顺序不变！
"""
WIDTH, HEADS, PIECES, POSITIONS = 8, 2, 160, 512


def plain_folder(path: Path, seed: int = 1) -> Path:
    """Write a plain CTranslate2 folder with pieces of its own for source and target: model.bin, source.spm …"""
    pieces = _pieces()
    path.mkdir(parents=True, exist_ok=True)
    _spec(pieces, seed).save(str(path))
    for name in ("source.spm", "target.spm"):
        (path / name).write_bytes(pieces)
    return path


def argos_zip(path: Path, source: str = "zh", target: str = "en", seed: int = 1) -> Path:
    """Write the model as an Argos package: one folder with metadata.json, sentencepiece.model, model/ and a stanza/."""
    pieces = _pieces()
    model = path.with_name(path.name + ".model")
    model.mkdir(parents=True)
    _spec(pieces, seed).save(str(model))
    root = f"translate-{source}_{target}-0_1"
    metadata = {"package_version": "0.1", "argos_version": "1.9.0", "from_code": source, "to_code": target}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(f"{root}/metadata.json", json.dumps(metadata))
        package.writestr(f"{root}/README.md", "Random weights, for tests.\n")
        package.writestr(f"{root}/sentencepiece.model", pieces)
        package.writestr(f"{root}/stanza/resources.json", "{}")
        for file in sorted(model.iterdir()):
            package.writestr(f"{root}/model/{file.name}", file.read_bytes())
    return path


def _pieces() -> bytes:
    """Train the pieces on the sample: some 150 of both languages."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SAMPLE.strip().splitlines()),
        model_writer=model,
        vocab_size=PIECES,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        minloglevel=2,
        num_threads=1,
    )
    return model.getvalue()


def _spec(pieces: bytes, seed: int) -> ctranslate2.specs.TransformerSpec:
    """Fill a transformer of one layer a side with weights drawn from `seed`."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    vocabulary = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    draw = np.random.default_rng(seed)
    spec = ctranslate2.specs.TransformerSpec.from_config((1, 1), HEADS)

    def weights(*shape: int) -> np.ndarray:
        return draw.normal(0, 0.8, shape).astype(np.float32)

    def linear(layer: Any, rows: int, columns: int) -> None:
        layer.weight, layer.bias = weights(rows, columns), np.zeros(rows, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def block(layer: Any, crossed: bool) -> None:
        linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        linear(layer.self_attention.linear[1], WIDTH, WIDTH)
        norm(layer.self_attention.layer_norm)
        if crossed:
            linear(layer.attention.linear[0], WIDTH, WIDTH)
            linear(layer.attention.linear[1], 2 * WIDTH, WIDTH)
            linear(layer.attention.linear[2], WIDTH, WIDTH)
            norm(layer.attention.layer_norm)
        linear(layer.ffn.linear_0, 2 * WIDTH, WIDTH)
        linear(layer.ffn.linear_1, WIDTH, 2 * WIDTH)
        norm(layer.ffn.layer_norm)

    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = weights(len(vocabulary), WIDTH)
        side.position_encodings.encodings = weights(POSITIONS, WIDTH)
        norm(side.layer_norm)
        block(side.layer[0], side is spec.decoder)
    linear(spec.decoder.projection, len(vocabulary), WIDTH)
    _let_it_end(spec.decoder, vocabulary.index("</s>"))
    for piece in ("<unk>", "<s>"):
        spec.decoder.projection.bias[vocabulary.index(piece)] = -50
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=None)
    return spec


def _let_it_end(decoder: Any, ending: int) -> None:
    """Let the first dimension count the places: nothing else writes there, only </s> reads it, and in the end wins."""
    layer = decoder.layer[0]
    for writes in (layer.self_attention.linear[1], layer.attention.linear[2], layer.ffn.linear_1):
        writes.weight[0] = 0
    decoder.embeddings.weight[:, 0] = 0
    decoder.position_encodings.encodings[:, 0] = np.arange(POSITIONS)
    decoder.projection.weight[:, 0] = 0
    decoder.projection.weight[ending] = 0
    decoder.projection.weight[ending, 0] = 8
    decoder.projection.bias[ending] = -14
