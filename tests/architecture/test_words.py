"""One word for one thing: the words of docs/glossary.md, and none of their synonyms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from newsletter.core.model import BatchState, SendStatus, SubscriberState
from tests.support.source_code import Module, modules, words

# Word to avoid → the word to use.
SYNONYMS = {
    "article": "story",
    "articles": "story",
    "campaign": "send or edition",
    "campaigns": "send or edition",
    "chunk": "batch",
    "chunks": "batch",
    "blocklist": "suppression",
    "blacklist": "suppression",
    "whitelist": "say what is allowed",
    "fetcher": "source",
    "mailer": "provider",
    "newsletters": "publication",
}


def test_names_use_the_words_of_the_glossary() -> None:
    found = {
        f"{module.name}: {name}": SYNONYMS[word]
        for module in modules()
        for name in names(module)
        for word in words(name)
        if word in SYNONYMS
    }
    assert found == {}


def test_nothing_is_ever_called_sent() -> None:
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and node.value == "sent"
    ]
    assert found == []


def test_states_are_those_of_the_glossary() -> None:
    assert set(BatchState) == {
        "planned",
        "claimed",
        "submitted",
        "refused",
        "uncertain",
        "cancelled",
        "deferred",
    }
    assert set(SendStatus) == {"open", "paused", "cancelled", "complete"}
    assert set(SubscriberState) == {
        "pending",
        "active",
        "unsubscribed",
        "bounced",
        "complained",
    }


def names(module: Module) -> Iterator[str]:
    """Yield every name that a module gives to something."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
