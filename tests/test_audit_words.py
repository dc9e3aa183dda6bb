"""Whoever reads the audit record reads words, in both languages, and never a verb's code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from people.audit import WORDS
from scoring.models import AttributionDecision
from training.models import Attempt

# Verbs that end in a state: what stands before it, and the states that are recorded.
ENDED_BY = {
    "attempt.": [Attempt.State.SUBMITTED, Attempt.State.EXPIRED],
    "error.": AttributionDecision.Verdict.values,
}


def verbs() -> Iterator[str]:
    """Every verb that the code records; a helper that passes one on is not where it is named."""
    for app in ("kit", "people", "sop", "training", "scoring", "portal"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword) and node.arg == "verb":
                    yield from named_in(node.value)


def named_in(value: ast.expr) -> Iterator[str]:
    """Both verbs of an alternative; of one that ends in a state, the part before it."""
    if isinstance(value, ast.JoinedStr):
        value = value.values[0]
    for part in ast.walk(value):
        if isinstance(part, ast.Constant) and "." in str(part.value):
            yield str(part.value)


def test_every_verb_has_words_in_both_languages() -> None:
    used = set(verbs())
    assert len(used) > 50
    assert {verb for verb in used if verb.endswith(".")} == ENDED_BY.keys()
    for start, states in ENDED_BY.items():
        used.remove(start)
        used |= {start + state for state in states}
    assert used - WORDS.keys() == set()
    for verb in used:
        with translation.override("en"):
            english = str(WORDS[verb])
        with translation.override("zh-hans"):
            assert str(WORDS[verb]) != english, verb
