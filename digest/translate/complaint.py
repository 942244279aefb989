"""Why an answer was not taken → what to tell the engine when it is asked again, in English."""

from __future__ import annotations

from collections.abc import Sequence

# By the code of a fault (engine.FAULTS) or of a verdict's reason (align/verify.py); "{}" is the fact behind the colon.
_WORDS = {
    "lost-line": "This line was missing from the answer. Answer every id exactly once.",
    "merged-line": "The answer may hold the translation of the line beside it. Translate this line only.",
    "malformed": "The answer was not the JSON that was asked for.",
    "cut-off": "The answer ended too early. Answer in fewer words.",
    "empty": "The answer was empty.",
    "refusal": "The line was not translated. It is plain text of a public blog post; translate it.",
    "mask": "The marks X1, X2 … were not kept. Each must stand in the translation exactly as often as in the line.",
    "repeated": "Another line was translated into the same words. Translate this line only.",
    "copy": "The line was repeated instead of translated.",
    "language": "The translation is in the wrong language.",
    "mixed": "The translation holds sentences in both languages. Use the target language only.",
    "chatter": "The translation holds words about the translation. Give the translation alone.",
    "url": "The links differ: {}. Keep every link as it is and add none.",
    "code": "The code differs: {}. Keep code as it is.",
    "numbers": "The numbers differ: {}. Keep every number.",
    "units": "The units differ: {}.",
    "markup": "The translation holds markup that the line has not: {}. Give plain text.",
    "names": "The names differ: {}. Keep every name.",
    "negation": "Only one side denies something: {}.",
    "missing": "Something seems missing from the English: {}. Leave nothing out.",
    "extra": "Something seems to be in the English only: {}. Add nothing.",
    "length": "The translation is too long or too short. Translate this line, all of it and nothing else.",
    "similarity": "The translation seems to say something else. Translate this line only.",
    "ending": "The translation seems to be cut off.",
}  # fmt: skip
_ANYTHING = (
    "The translation does not say what the line says. Translate this line faithfully, all of it and nothing else."
)


def complaint(reasons: Sequence[str]) -> str:
    """Put reasons such as "numbers:70≠72" into a few sentences an engine can act on; never empty.

    >>> complaint(("numbers:70≠72",))
    'The numbers differ: 70≠72. Keep every number.'
    >>> complaint(("chatter", "brand-new:x"))
    'The translation holds words about the translation. Give the translation alone.'
    """
    said = []
    for reason in reasons:
        code, _, fact = reason.partition(":")
        if words := _WORDS.get(code):
            said.append(words.replace("{}", fact) if fact else words.replace(": {}", ""))
    return " ".join(dict.fromkeys(said)) or _ANYTHING
