"""The saved searches of a folder: `alerts.toml`, a name and a query a line, for people and for `bayegan alerts`.

A file of its own, not a table: it can be changed while a crawl writes to the archive. It is looked at for each story.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from archive.durable import flush
from archive.errors import QueryError, SettingsError
from archive.settings import read_toml
from archive.text.letters import clean

FILE = "alerts.toml"
_NAME = re.compile(r"[^\W_](?:[\w\N{ZERO WIDTH NON-JOINER}-]{0,62}\w)?")
_HEAD = "# Saved searches: a name and what it looks for; see `bayegan alerts --help`.\n"


def read(folder: Path) -> dict[str, str]:
    """Return the saved searches by name; none when there is no file. SettingsError when it cannot be understood."""
    file = folder / FILE
    if not file.exists():
        return {}
    found = read_toml(file)
    for name, query in found.items():
        if not isinstance(query, str) or not _NAME.fullmatch(name):
            raise SettingsError(file, name, 'must be a name of letters, digits, "-" and "_", and its query a text')
    return found


def add(folder: Path, name: str, query: str) -> None:
    """Save a search; QueryError when the name is taken or could be no file's."""
    known = read(folder)
    if not _NAME.fullmatch(name):
        raise QueryError("alerts", name, 'a name has letters, digits, "-" and "_", 64 of them at most')
    if known.get(name, query) != query:
        raise QueryError("alerts", name, f"there is one already: {known[name]}")
    _write(folder, known | {name: query})


def remove(folder: Path, name: str) -> None:
    """Forget a saved search and its feeds; QueryError when there is none of that name."""
    known = read(folder)
    get(folder, name)
    _write(folder, {one: query for one, query in known.items() if one != name})
    for file in feeds(folder, name):
        file.unlink(missing_ok=True)


def get(folder: Path, name: str) -> str:
    """Return the query of a saved search; QueryError when there is none of that name."""
    known = read(folder)
    if name not in known:
        names = ", ".join(known) or "none is saved"
        raise QueryError("alerts", name, f"no such alert; there are: {names}" if known else names)
    return known[name]


def feeds(folder: Path, name: str) -> tuple[Path, Path]:
    """Return the files of a saved search: Atom and JSON Feed."""
    return folder / f"{name}.atom", folder / f"{name}.json"


def replace_file(file: Path, text: str) -> None:
    """Put `text` in the place of a file: whoever reads sees the old or the new one whole, power lost or not."""
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        new.write_text(text, "utf-8")
        flush(new)
        new.replace(file)
    except OSError as error:
        raise SettingsError(file, "cannot be written", error.strerror or "") from error


def _write(folder: Path, alerts: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(folder, "cannot be made", error.strerror or "") from error
    # A JSON text without controls is a TOML text (https://toml.io/en/v1.0.0#string).
    lines = (f"{_text(name)} = {_text(query)}\n" for name, query in sorted(alerts.items()))
    replace_file(folder / FILE, _HEAD + "".join(lines))


def _text(value: str) -> str:
    return json.dumps(clean(value), ensure_ascii=False)
