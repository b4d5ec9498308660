"""Tell a plug-in's fault as its own: its name, what went wrong, its file and line."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from newsletter.core.errors import PluginError, Where

_PROGRAM = Path(__file__).resolve().parents[1]
_LONGEST = 300  # characters of what an exception says
_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_WITHOUT_IT = {
    "source": "take it out of [sources]",
    "provider": "choose another [delivery] provider",
    "check": 'set it to "off" in [checks]',
}
Hide = Callable[[str], str]
Place = tuple[str | None, int | None]  # file and line


def failed(
    error: BaseException,
    *,
    kind: str,
    name: str,
    module: ModuleType,
    at: Any = None,
    hide: Hide = str,
) -> PluginError:
    """Return what a plug-in raised as its own fault.

    The place is the last line of its own that was at work, else where `at` is defined. `hide`
    takes secrets out of what the exception says; addresses are taken out in any case.
    """
    place = _place_of(error, _inside(module)) or _defined(at, module)
    return _fault(f"The {kind} “{name}” failed with {_said(error, hide)}", kind=kind, place=place)


def not_imported(error: BaseException, *, kind: str, name: str) -> PluginError:
    """Return what ended the import of a plug-in as its own fault."""
    if isinstance(error, SyntaxError) and error.filename:
        place: Place = (error.filename, error.lineno)
    else:
        place = _place_of(error, _imported_first(error)) or (None, None)
    return _fault(
        f"The {kind} “{name}” cannot be imported: {_said(error, str)}", kind=kind, place=place
    )


def unfit(what: str, *, kind: str, name: str, module: ModuleType, at: Any = None) -> PluginError:
    """Return the fault of a plug-in that lacks something or gave something else than promised."""
    return _fault(f"The {kind} “{name}” {what}", kind=kind, place=_defined(at, module))


def file_of(module: ModuleType) -> str | None:
    """Return a module's file; None for what is no file, such as a folder without `__init__.py`."""
    return getattr(module, "__file__", None)


def details(error: PluginError) -> str:
    """Return the steps that led to a fault, a file, line and call each; without any values."""
    cause = error.__cause__
    return "".join(traceback.format_tb(cause.__traceback__)).rstrip() if cause else ""


def _fault(what: str, *, kind: str, place: Place) -> PluginError:
    file, line = place
    where = f" ({_shown(file)}{f', line {line}' if line else ''})" if file else ""
    ours = file is not None and Path(file).is_relative_to(_PROGRAM)
    mend = "Report it, please" if ours else "Correct it"
    return PluginError(
        f"{what}{where}.",
        hint=f"{mend}, or {_WITHOUT_IT.get(kind, 'do without it')}; NEWSLETTER_DEBUG=1 shows the "
        "details.",
        where=Where(file=file or "", line=line, leads=False),
    )


def _said(error: BaseException, hide: Hide) -> str:
    text = error.msg if isinstance(error, SyntaxError) else _text(error)
    line = " ".join(_ADDRESS.sub("…", hide(text)).split())[:_LONGEST].rstrip(".")
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception of its own making that cannot tell itself
        return ""


def _place_of(error: BaseException, is_own: Callable[[str], bool]) -> Place | None:
    own = [(file, line) for file, line in _frames(error) if is_own(file)]
    return own[-1] if own else None


def _frames(error: BaseException) -> list[tuple[str, int]]:
    steps = traceback.walk_tb(error.__traceback__)
    return [(frame.f_code.co_filename, line) for frame, line in steps]


def _inside(module: ModuleType) -> Callable[[str], bool]:
    """Tell a plug-in's own files: its module, or all of its package."""
    file = file_of(module) or "?"
    folder = f"{Path(file).parent}/" if hasattr(module, "__path__") else None
    return lambda found: found == file or (folder is not None and found.startswith(folder))


def _imported_first(error: BaseException) -> Callable[[str], bool]:
    """Tell the file whose import failed: the first on the way that does no importing itself."""
    skipped = ("<frozen", __file__, str(Path(__file__).with_name("plugins.py")))
    machinery = str(Path(inspect.getfile(inspect)).parent / "importlib")
    files = (file for file, _ in _frames(error) if not file.startswith((*skipped, machinery)))
    first = next(files, None)
    return lambda found: found == first


def _defined(at: Any, module: ModuleType) -> Place:
    code = getattr(inspect.unwrap(at) if callable(at) else at, "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else (file_of(module), None)


def _shown(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_PROGRAM.parent)) if path.is_relative_to(_PROGRAM) else file
