"""The tools that make and judge the bundled library, loaded from their folder."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from tests.support.source_code import ROOT

FOLDER = ROOT / "tools" / "library"  # no package, and not installed


def tool(name: str) -> Any:
    """Load one as `python tools/library/NAME.py` would, with its neighbours beside it."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(name)
