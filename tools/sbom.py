"""What bayegan is made of: a bill of materials (CycloneDX 1.6, JSON), or the licences of all packages.

    python tools/sbom.py > bayegan.cdx.json
    python tools/sbom.py --licences          a table; ends with 1 when a licence is not among those we can use

Looks at the packages pinned in requirements.txt, as they are installed; those of other platforms are told by their pin.
"""

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
# Names in classifiers and old metadata, as SPDX calls them (spdx.org/licenses).
_SPDX = {
    "Apache Software License": "Apache-2.0", "Apache License, Version 2.0": "Apache-2.0", "BSD License": "BSD-3-Clause",
    "MIT License": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later", "LGPL": "LGPL-3.0-or-later",
}  # fmt: skip
# What may be used beside Apache-2.0 without its terms reaching our own code.
_FINE = frozenset(
    "Apache-2.0 MIT MIT-0 BSD-2-Clause BSD-3-Clause PSF-2.0 MPL-2.0 MPL-1.1 LGPL-2.1-or-later LGPL-3.0-or-later ZPL-2.1"
    " CNRI-Python ISC 0BSD Unlicense".split()
) | {"Public Domain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A pinned package; `licence` is an SPDX expression, a name that is none, or empty: it is not installed here."""

    name: str
    version: str
    licence: str = ""
    summary: str = ""
    needs: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """The package's own address (github.com/package-url/purl-spec)."""
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def fine(self) -> bool:
        """Whether its licence, or one of those it offers, is one we can use."""
        choices = [re.split(r"\s+AND\s+|[()]", one) for one in re.split(r"\s+OR\s+", self.licence)]
        return not self.licence or any(all(part in _FINE for part in one if part) for one in choices)


def packages() -> list[Package]:
    """Return what requirements.txt pins."""
    return [_package(canonicalize_name(name), version) for name, version in _PIN.findall(_read("requirements.txt"))]


def bill(found: list[Package]) -> dict[str, Any]:
    """Return the bill of materials; nothing in it depends on when it is made."""
    own = tomllib.loads(_read("pyproject.toml"))["project"]
    known = {one.name: one.ref for one in found}
    root = {"type": "application", "name": own["name"], "version": own["version"], "bom-ref": "bayegan"}
    direct = [canonicalize_name(Requirement(one).name) for one in own["dependencies"]]
    needs = {"bayegan": direct, **{one.ref: list(one.needs) for one in found}}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**root, "licenses": [{"license": {"id": own["license"]}}]}},
        "components": [_component(one) for one in found],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted({known[one] for one in names if one in known})}
            for ref, names in needs.items()
        ],
    }


def main(arguments: list[str]) -> int:
    """Print what is asked for."""
    found = packages()
    if "--licences" not in arguments:
        print(json.dumps(bill(found), indent=1))
        return 0
    for one in found:
        print(f"{'' if one.fine else '!':2}{one.name:24}{one.version:18}{one.licence or '(of another platform)'}")
    return 0 if all(one.fine for one in found) else 1


def _package(name: str, version: str) -> Package:
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return Package(name=name, version=version)
    needs = {canonicalize_name(one.name) for one in map(Requirement, told.get_all("Requires-Dist") or []) if _here(one)}
    return Package(
        name=name,
        version=version,
        licence=_licence(told),
        summary=told.get("Summary") or "",
        needs=tuple(sorted(needs)),
    )


def _here(one: Requirement) -> bool:
    return one.marker is None or one.marker.evaluate({"extra": ""})


def _licence(told: Any) -> str:  # noqa: ANN401 - a message of the standard library
    if said := told.get("License-Expression"):
        return str(said)
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    names = classified or [(told.get("License") or "unknown").partition("\n")[0].strip()]
    return " OR ".join(_SPDX.get(one, one) for one in names if one != "OSI Approved") or "unknown"


def _component(one: Package) -> dict[str, Any]:
    row = {"type": "library", "bom-ref": one.ref, "name": one.name, "version": one.version, "purl": one.ref}
    if one.summary:
        row["description"] = one.summary
    if not one.licence:
        return row
    named = one.licence == "Public Domain" or (one.licence not in _FINE and " " not in one.licence)
    chosen = {"license": {"name": one.licence}} if named else {"expression": one.licence}
    return {**row, "licenses": [chosen]}


def _read(name: str) -> str:
    return (TOP / name).read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
