"""Every module of `newsletter/content/sources/` keeps the contract of `content/source.py`.

A new source is covered as soon as its file exists; without `source_examples/NAME.toml` it fails.
An example has `day` and `parts`, and brings files of a publication (`[files]`), or recorded
answers (`[[answers]]` with `url`, `body`) and `[secrets]`; `[options]` is the source's table in
config.toml.
"""

from __future__ import annotations

import inspect
import tomllib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.source import Source, SourceOptions
from newsletter.content.validity import cleaned, problem_with
from newsletter.core import plugins
from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Part, Supply
from tests.support.recorded import Recorded

PACKAGE = "newsletter.content.sources"
EXAMPLES = Path(__file__).parent / "source_examples"
NAMES = plugins.names(PACKAGE)


def example(name: str) -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"))


def make(name: str, part: Part, root: Path, *, answers: bool = True, **more: Any) -> Source:
    case = example(name)
    recorded = {one["url"]: one["body"] for one in case.get("answers", []) if answers}
    plugin = plugins.find(PACKAGE, name)
    source: Source = plugin.module.make(
        SourceOptions(
            options=case.get("options", {}) | more,
            root=root,
            part=part,
            fetch=Recorded(recorded),
            now=case.get("now"),
            secret=plugin.own(Secrets(case.get("secrets", {}))).read,
        )
    )
    return source


def lay_out(name: str, root: Path) -> None:
    for path, text in example(name).get("files", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text.lstrip("\n"), encoding="utf-8")


def everything_in(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def parts_of(name: str) -> list[tuple[str, Part]]:
    file = EXAMPLES / f"{name}.toml"
    listed = example(name)["parts"] if file.exists() else []
    return [(name, Part(part)) for part in listed]


SUPPLIES = [pair for name in NAMES for pair in parts_of(name)]
NEEDY = [(name, part) for name, part in SUPPLIES if not example(name).get("bundled")]
REFUSALS = [(name, part) for name in NAMES for part in Part if (name, part) not in parts_of(name)]


def test_examples_and_sources_are_the_same_set() -> None:
    assert sorted(file.stem for file in EXAMPLES.glob("*.toml")) == NAMES
    assert all(parts_of(name) or example(name).get("on_request") for name in NAMES)


@pytest.mark.parametrize(("name", "part"), SUPPLIES)
def test_the_example_gives_a_valid_supply_with_its_origin(
    name: str, part: Part, tmp_path: Path
) -> None:
    lay_out(name, tmp_path)
    supply = make(name, part, tmp_path).fetch(part, example(name)["day"])
    assert isinstance(supply, Supply)
    assert problem_with(part, cleaned(supply)) is None
    assert supply.origin
    assert str(tmp_path) not in supply.origin


@pytest.mark.parametrize(("name", "part"), SUPPLIES)
def test_the_same_date_gives_the_same_answer(name: str, part: Part, tmp_path: Path) -> None:
    lay_out(name, tmp_path)
    day = example(name)["day"]
    first = make(name, part, tmp_path).fetch(part, day)
    again = make(name, part, tmp_path)
    with suppress(SourceError):  # what it was asked before must not matter
        again.fetch(part, day + timedelta(days=1))
    assert again.fetch(part, day) == first


@pytest.mark.parametrize(("name", "part"), SUPPLIES)
def test_asking_changes_nothing_in_the_publication(name: str, part: Part, tmp_path: Path) -> None:
    lay_out(name, tmp_path)
    before = everything_in(tmp_path)
    make(name, part, tmp_path).fetch(part, example(name)["day"])
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize(("name", "part"), NEEDY)
def test_without_material_the_reason_is_a_sentence(name: str, part: Part, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        make(name, part, tmp_path, answers=False).fetch(part, example(name)["day"])
    assert caught.value.what.endswith(".")
    assert len(caught.value.what.split()) > 2


@pytest.mark.parametrize(("name", "part"), SUPPLIES)
def test_an_unknown_option_is_named_with_the_source_and_what_is_allowed(
    name: str, part: Part, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        make(name, part, tmp_path, colour="blue")
    assert "`colour`" in caught.value.what
    assert f"“{name}”" in caught.value.what
    assert caught.value.hint.startswith("Allowed: ")


@pytest.mark.parametrize(("name", "part"), REFUSALS)
def test_a_chain_the_source_has_nothing_for_is_refused_when_it_is_made(
    name: str, part: Part, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError):
        make(name, part, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_the_module_says_what_it_is_and_make_names_its_options(name: str) -> None:
    module = plugins.load(PACKAGE, name)
    assert (module.__doc__ or "").splitlines()[0].endswith(".")
    assert "Option" in (inspect.getdoc(module.make) or "")
