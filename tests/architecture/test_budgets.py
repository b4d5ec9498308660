"""Small files but not too small, small functions, few fields, and a sentence where one is owed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from statistics import median

from tests.support.source_code import (
    PACKAGE,
    Module,
    functions,
    length,
    modules,
    public_definitions,
)

MOST_ENTRIES = 13
LONGEST_FILE, MEDIAN_FILE, SHORTEST_FILE = 400, 150, 40
LONGEST_FUNCTION, MEDIAN_FUNCTION = 50, 8
MOST_FIELDS = 12
NO_CONCEPT = {"util", "utils", "helper", "helpers", "common", "manager", "service", "handler"}
# A migration is a record of what was done to a database; it is never changed and never called.
RECORDS = "newsletter/storage/migrations/versions/"
# One file each, found by its name: as short as its rule is.
PLUG_INS = (
    "newsletter/cli/",
    "newsletter/content/sources/",
    "newsletter/delivery/providers/",
    "newsletter/message/checks/",
)
SHORT_FILES = {
    "editions/one_writer.py": "a lock, on each kind of system",
    "__main__.py": "Python asks for it",
    "content/library/dictionary.py": "knows words, and nothing of the library's entries",
    "content/escaping.py": "asked by pasted pages and the web; belongs to neither",
    "core/sentences.py": "asked by all rooms; what says them in other words is the desk's",
    "core/clock.py": "the only module that may ask the time: a lint rule names it",
    "core/logs.py": "asked by all rooms, also before anything heavy is loaded; belongs to none",
    "core/model/checkup.py": "one value, which providers and the doctor share",
    "core/http/answer.py": "what clients catch without loading the client",
    "core/config/alerts.py": "one table of settings; settings.py has no room for it",
    "delivery/audit/evidence.py": "reads storage, which the rules beside it must not",
    "delivery/subject_trial.py": "waits for the second subject to be measured",
    "delivery/warmup.py": "one table and its source; pure",
    "message/clients/outlook.py": "one client, as we know it; pure",
    "message/probes/programs.py": "the only place that starts a foreign program",
    "message/probes/spamassassin.py": "one program",
    "message/render/web.py": "the web page, loaded only where one is made",
    "sandbox/loopback.py": "the wall of the sandbox, tested for itself",
    "storage/column_types.py": "what the tables and every migration stand on",
    "storage/partitions/bounds.py": "asked where months are made, and where they are dropped",
    "storage/migrations/env.py": "Alembic asks for it",
    "subscribers/circles.py": "words that storage and the desk share",
    "subscribers/export.py": "the way out, as imports/ is the way in",
    "web/site/masking.py": "what a forwarded mail may show, in one place",
    "web/desk/session.py": "the only way from a page to the publication",
}
WIDE_CLASSES = {
    "core/config/settings.py: Settings": "a field is a table of config.toml",
    "core/config/palettes.py: DarkPalette": "the same roles in the dark",
    "core/config/palettes.py: Palette": "a field is a role of the colours",
}


def test_the_house_has_few_doors() -> None:
    passed_over = {"__init__.py", "__main__.py", "py.typed", "__pycache__", "_bundled"}
    entries = {path.name for path in PACKAGE.iterdir()} - passed_over
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


def test_a_package_itself_is_a_docstring_and_names_of_its_modules() -> None:
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name.endswith("__init__.py")
        for node in module.tree.body
        if not isinstance(node, allowed) or (isinstance(node, ast.Assign) and not is_dunder(node))
    ]
    assert found == []


def is_dunder(node: ast.Assign) -> bool:
    """Say whether an assignment is of `__all__`, `__version__` and the like."""
    return all(isinstance(to, ast.Name) and to.id.startswith("__") for to in node.targets)


def test_no_file_is_long() -> None:
    found = {module.name: module.lines for module in modules()}
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FILE} == {}


def test_most_files_are_shorter_still() -> None:
    assert median(module.lines for module in modules()) <= MEDIAN_FILE


def test_a_file_is_short_for_a_reason() -> None:
    short = {
        module.name.removeprefix("newsletter/")
        for module in modules()
        if module.lines < SHORTEST_FILE and not is_short_by_nature(module.name)
    }
    assert short == set(SHORT_FILES), "give the reason in SHORT_FILES, or take it out there"


def is_short_by_nature(name: str) -> bool:
    """Say whether a file is a plug-in, a record or a package's own."""
    return name.endswith("__init__.py") or name.startswith((*PLUG_INS, RECORDS))


def test_no_function_is_long() -> None:
    found = {
        f"{module.name}: {one.name}": length(one)
        for module in modules()
        for one in functions(module)
        if not module.name.startswith(RECORDS)
    }
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    lengths = [length(one) for module in modules() for one in functions(module)]
    assert median(lengths) <= MEDIAN_FUNCTION


def test_no_class_has_many_fields() -> None:
    wide = {
        f"{module.name.removeprefix('newsletter/')}: {one.name}"
        for module in modules()
        for one in ast.walk(module.tree)
        if isinstance(one, ast.ClassDef) and len(fields(one)) > MOST_FIELDS
    }
    assert wide == set(WIDE_CLASSES)


def fields(one: ast.ClassDef) -> set[str]:
    """Name the fields of a class: what it declares, and what `__init__` gives itself."""
    declared = {ast.unparse(node.target) for node in one.body if isinstance(node, ast.AnnAssign)}
    begins = [node for node in one.body if getattr(node, "name", "") == "__init__"]
    given = {
        ast.unparse(node)
        for begin in begins
        for node in ast.walk(begin)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    return declared | {name for name in given if name.startswith("self.")}


def test_every_module_says_what_it_is() -> None:
    silent = [module.name for module in modules() if not first_line(module.tree).endswith(".")]
    assert silent == []


def test_every_class_plug_in_and_command_is_explained_in_a_sentence() -> None:
    silent = [
        f"{module.name}: {name}"
        for module in modules()
        for name, node in explained(module)
        if not first_line(node).endswith(".")
    ]
    assert silent == []


def explained(module: Module) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef]]:
    """Yield what owes a sentence: classes, members of contracts, plug-ins' functions, commands."""
    of_plug_in = module.name.startswith(PLUG_INS)
    contracts: set[str] = set()
    for name, node in public_definitions(module):
        outer = name.rpartition(".")[0]
        if isinstance(node, ast.ClassDef):
            if any("Protocol" in ast.unparse(base) for base in node.bases):
                contracts.add(name)
            yield name, node
        elif outer in contracts or (of_plug_in and (not outer or is_command(node))):
            yield name, node  # type: ignore[misc]  # asynchronous ones are written alike


def is_command(node: ast.AST) -> bool:
    """Say whether a function is a command of the command line."""
    return any("command" in ast.unparse(one) for one in getattr(node, "decorator_list", []))


def test_every_module_is_named_after_a_concept() -> None:
    assert [module.name for module in modules() if name_parts(module) & NO_CONCEPT] == []


def name_parts(module: Module) -> set[str]:
    """Return the folders and the file of a module, as bare names."""
    return {part.removesuffix(".py").strip("_") for part in module.name.split("/")}


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the first line of a docstring; nothing when there is none."""
    return (ast.get_docstring(node) or "").partition("\n")[0]
