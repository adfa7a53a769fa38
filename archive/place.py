"""Where an archive is: a file of this machine, or a database that many share, whose engine is loaded by name."""

import re
from importlib import import_module
from pathlib import Path, PosixPath
from types import ModuleType
from typing import Any

from archive.errors import ArchiveError

_ADDRESS = re.compile(r"(postgres(?:ql)?)://")
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)|(?<=password=)[^&]+")


class Shared(PosixPath):
    """An archive that many machines share, at `address`; as a path, where this machine keeps what stands beside it."""

    address: str

    @classmethod
    def at(cls, address: str, beside: Path = Path("news.db")) -> "Shared":
        """Return the archive at `address` (a libpq URI), with raw pages and the like beside the path `beside`."""
        shared = cls(beside)
        shared.address = address
        return shared

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it keep its address on the way to another process."""
        return Shared.at, (self.address, Path(*self.parts))

    def with_segments(self, *parts: str) -> Path:  # type: ignore[override]
        """Return a plain path: what is derived from this one is a file of this machine."""
        return Path(*parts)

    @property
    def told(self) -> str:
        """The address without its password, for people."""
        return _PASSWORD.sub("***", self.address)


def is_address(text: str) -> bool:
    """Say whether a text names a shared archive and no file."""
    return _ADDRESS.match(text) is not None


def shared_at(path: Path) -> Shared | None:
    """Return the shared archive that `path` is; None for a file."""
    return path if isinstance(path, Shared) else None


def folder_beside(path: Path) -> Path:
    """Return where an index beside an archive stands."""
    return path.with_name(f"{path.name}.tantivy")


def index_beside(path: Path) -> Any:  # noqa: ANN401 - an index of whatever engine
    """Return the index beside an archive (`archive.engines.beside`); None where there is none, as usual."""
    folder = folder_beside(path)
    return engine_beside(folder).Beside(folder) if (folder / "position.json").exists() else None


def engine_beside(folder: Path) -> ModuleType:
    """Load the engine of the index in `folder`; ArchiveError when what it needs is not installed."""
    try:
        return import_module("archive.engines.beside")
    except ModuleNotFoundError as error:
        raise ArchiveError(
            folder, f"needs {error.name}", "pip install 'bayegan[tantivy]', or remove the folder"
        ) from error


def engine(shared: Shared) -> ModuleType:
    """Load the engine of a shared archive; ArchiveError when what it needs is not installed.

    By name, so that nothing of it is loaded, or even installed, where an archive is a file.
    """
    try:
        return import_module("archive.engines.postgres")
    except ModuleNotFoundError as error:
        raise ArchiveError(shared.told, f"needs {error.name}", "pip install 'bayegan[cluster]'") from error
