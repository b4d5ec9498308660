"""Write the bill of materials that the wheel carries (CycloneDX 1.6; PEP 770 says where).

    python tools/release/bill.py requirements/app.txt requirements/sbom.cdx.json

It names what the lock file holds, with each package's licence as it is installed here; the hashes
of its files stay in the lock file. The same lock file gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of the lock file."""

    name: str
    version: str


def locked(text: str) -> Iterator[Locked]:
    """Read the packages of a lock file, in its order."""
    return (Locked(name, version) for name, version in _PACKAGE.findall(text))


def bill(packages: Iterator[Locked], *, project: str) -> dict[str, Any]:
    """Return the document, without a moment or a number that would change with every run."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": project, "bom-ref": project}},
        "components": [_component(package) for package in packages],
    }


def _component(package: Locked) -> dict[str, Any]:
    purl = f"pkg:pypi/{package.name}@{package.version}"
    said = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
    }
    licence = _licence(package.name)
    return said | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _licence(name: str) -> str:
    """Return the licence as the installed package words it, in one line; else nothing."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = said.get_all("Classifier") or []
    classes = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
    words = said["License-Expression"] or ", ".join(classes) or said["License"] or ""
    return words.splitlines()[0] if words else ""


def main() -> None:
    """Read a lock file and write its bill."""
    source, target = map(Path, sys.argv[1:])
    packages = locked(source.read_text(encoding="utf-8"))
    document = json.dumps(bill(packages, project="daily-news-brief"), indent=1, ensure_ascii=False)
    target.write_text(document + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
