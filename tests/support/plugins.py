"""What the contract tests of plug-ins find: example files by a plug-in's name, and providers."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from newsletter.core.config import settings
from newsletter.delivery.opening import open_provider
from newsletter.delivery.provider import Provider
from tests.support.delivery import FixedClock

_CONFIG = """\
[publication]
name = "The Harbour Brief"
url = "https://brief.example.org"
sender = { name = "The Harbour Brief", email = "brief@brief.example.org" }
postal_address = "The Harbour Brief, 4 Quay Street, Saltmouth"

[delivery]
timeout = 5.0
"""


def examples(folder: Path) -> dict[str, ModuleType]:
    """Load every file of a folder, by its name."""
    return {file.stem: _loaded(file) for file in sorted(folder.glob("*.py"))}


def make_provider(
    name: str, root: Path, *, secrets: Mapping[str, str] | None = None, **options: Any
) -> Provider:
    """Open a provider as a command does: config.toml, its own table, secrets from the environment.

    `options` are keys of the table that has the provider's name.
    """
    (root / "config.toml").write_text(_CONFIG)
    table = {f"NEWSLETTER_{name.upper()}__{key.upper()}": str(options[key]) for key in options}
    environment = {"NEWSLETTER_DELIVERY__PROVIDER": name, **table, **(secrets or {})}
    return open_provider(settings.load(root, environment), FixedClock())


def _loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{file.parent.name}_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
