"""What is imported is named: a package that only comes along with another one may stay away."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.support.source_code import ROOT, modules

NAME = re.compile(r"[A-Za-z0-9._-]+")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named() -> set[str]:
    """Return the distributions of pyproject.toml, in its extras, too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["postgresql"], *extras["build"], *extras["doctor"]]
    return {normal(NAME.match(one).group()) for one in asked}  # type: ignore[union-attr]


def imported() -> Iterator[tuple[str, str]]:
    """Yield each package of somebody else that a module imports, with the module."""
    for module in modules():
        for node in ast.walk(module.tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "newsletter":
                    yield top, module.name


def test_every_package_that_is_imported_is_named_in_the_project_file() -> None:
    owners = packages_distributions()
    asked = named()
    unnamed = {
        f"{package}, imported by {module}"
        for package, module in imported()
        if not {normal(owner) for owner in owners.get(package, ())} & asked
    }
    assert unnamed == set()


def test_the_libraries_that_read_the_web_can_be_imported() -> None:
    import lxml_html_clean  # noqa: F401 - justext imports it, from whatever release of lxml on
    import trafilatura  # noqa: F401
