"""Every error of ours, drawn at the top; whatever is not one of these is a bug and shows its traceback.

    BayeganError                 exit code 1
    ├── SettingsError            2   settings.toml, an agency file, or the command line
    │   └── AgencyError          2   an agency or family file
    ├── ArchiveError             1   the archive cannot be opened, is newer than we are, or is damaged
    │   └── StoryNotFoundError   1
    ├── DiscoveryError           1   what should be a feed or sitemap is none
    ├── SurveyError          1   a site cannot be made an agency of
    ├── QueryError               2   a date or filter of a search that means nothing
    └── BusyError                75  somebody else holds the lock (EX_TEMPFAIL of sysexits.h)

A message reads *where: what: why*, lower case, on one line.
"""

import sqlite3
from difflib import get_close_matches
from typing import ClassVar

type Place = object


class BayeganError(Exception):
    """The base of all; `exit_code` is what the command ends with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, where: Place, what: str, why: str = "") -> None:
        """Keep the facts and build the sentence from them."""
        self.where, self.what, self.why = where, what, why
        super().__init__(": ".join(str(part) for part in (where, what, why) if str(part)))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes by the facts: the sentence alone would not build the error again."""
        return _again, (type(self), self.where, self.what, self.why)


def _again(kind: type[BayeganError], where: Place, what: str, why: str) -> BayeganError:
    error = kind.__new__(kind)
    BayeganError.__init__(error, where, what, why)
    return error


class SettingsError(BayeganError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2

    @classmethod
    def unknown(cls, where: Place, key: str, known: list[str], why: str = "no such setting") -> "SettingsError":
        """Return the error for a `key` that nobody knows, naming the likely one of `known`."""
        near = get_close_matches(key.rpartition(".")[2], [name.rpartition(".")[2] for name in known], n=1)
        return cls(where, key, f"{why}; did you mean {near[0]}?" if near else why)


class AgencyError(SettingsError):
    """An agency or family file says something that cannot be."""


class ArchiveError(BayeganError):
    """The archive cannot be opened, is newer than this program, or is damaged."""


# Result codes of SQLite that tell of the machine, not of a mistake of ours (https://www.sqlite.org/rescode.html).
_MACHINE = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
})  # fmt: skip


def of_the_machine(where: Place, error: BaseException) -> ArchiveError | None:
    """Return what an error of SQLite is when the disk or the file is to blame: full, failing, damaged; else None."""
    # The low byte is the kind, the rest says more of it.
    if not isinstance(error, sqlite3.Error) or getattr(error, "sqlite_errorcode", -1) & 0xFF not in _MACHINE:
        return None
    return ArchiveError(where, "cannot be read or written", str(error))


class StoryNotFoundError(ArchiveError):
    """No story has this number."""

    def __init__(self, archive: Place, story: object) -> None:
        """Name the story and the archive that was asked."""
        super().__init__(f"no story {story} in {archive}", "")


class DiscoveryError(BayeganError):
    """What an agency serves as a feed or sitemap is none, or may not be read."""


class SurveyError(BayeganError):
    """A site cannot be made an agency of: it does not answer, or shows no story."""


class QueryError(BayeganError):
    """A date or filter of a search means nothing."""

    exit_code = 2


class BusyError(BayeganError):
    """Another process holds the lock; try again later."""

    exit_code = 75
