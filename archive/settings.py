"""settings.toml as frozen dataclasses; every unknown key is an error that names the likely one.

`settings.toml` at the top of the project documents each key; a test keeps the two in step.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from archive.errors import SettingsError
from archive.place import Shared

FILE = "settings.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings:
    """Where the archive lives, and its saved searches."""

    path: str = "news.db"
    alerts: str = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlerSettings:
    """How the web is asked: politely, and with every size and time bounded."""

    contact: str = ""
    delay_s: float = 2.0
    requests_at_once: int = 2
    agencies_at_once: int = 4
    response_s: float = 30.0
    page_bytes: int = 8 * 1024 * 1024
    feed_bytes: int = 4 * 1024 * 1024
    feed_links: int = 2000
    feed_ttl_s: float = 1800.0
    feed_refresh_s: float = 21600.0
    sitemap_s: float = 3600.0
    slowest_delay_s: float = 60.0
    crawl_s: float = 900.0
    crawl_links: int = 2000
    extract_s: float = 10.0
    extract_bytes: int = 1024 * 1024 * 1024
    recheck_ages_s: tuple[float, ...] = (900.0, 7200.0, 86400.0, 604800.0, 2592000.0)
    raw_pages: bool = True
    new_per_day: int = 0
    private_hosts: tuple[str, ...] = ()
    agencies_dir: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerSettings:
    """When agencies are crawled, unless they say otherwise."""

    interval_s: float = 900.0
    adaptive: bool = True
    fastest_s: float = 180.0
    slowest_s: float = 1800.0
    jitter_s: float = 30.0
    retry_s: float = 60.0
    quiet: str = ""
    requests_per_day: int = 0
    walk_days: int = 14
    rechecks_per_story: float = 0.15
    rechecks_per_day: int = 25
    stop_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Who is told when something is wrong, and who may look."""

    command: str = ""
    webhook: str = ""
    email: str = ""
    email_from: str = "bayegan@localhost"
    smtp: str = "localhost:25"
    disk_least_bytes: int = 2 * 1024 * 1024 * 1024
    metrics_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Where the daemon says what it does; `file` empty = on standard error."""

    file: str = ""
    file_bytes: int = 10 * 1024 * 1024
    older_files: int = 9
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    """The archive that many machines share, if there is one (docs/scale.md)."""

    archive: str = ""
    dead_s: float = 30.0
    machine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencySettings:
    """What one agency wants different; None = as for all."""

    enabled: bool = True
    interval_s: float | None = None
    cron: str | None = None
    adaptive: bool | None = None
    quiet: str | None = None
    requests_per_day: int | None = None
    delay_s: float | None = None
    home: str | None = None
    recheck_ages_s: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of settings.toml; `agencies` maps an agency's key to what it wants different."""

    archive: ArchiveSettings = ArchiveSettings()
    crawler: CrawlerSettings = CrawlerSettings()
    scheduler: SchedulerSettings = SchedulerSettings()
    watch: WatchSettings = WatchSettings()
    log: LogSettings = LogSettings()
    cluster: ClusterSettings = ClusterSettings()
    agencies: Mapping[str, AgencySettings] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path = Path()  # relative paths of the file start here

    @property
    def archive_path(self) -> Path:
        """The archive: a file, or the shared one, with what belongs to this machine beside that file."""
        file = self.folder / self.archive.path
        return Shared.at(self.cluster.archive, file) if self.cluster.archive else file

    @property
    def alerts_folder(self) -> Path:
        """The folder of saved searches and their feeds."""
        return self.folder / self.archive.alerts


def load(path: Path | None) -> Settings:
    """Return the settings of `path`; None = ./settings.toml if it is there, else the defaults.

    Raises SettingsError naming file and key.
    """
    if path is None:
        path = Path(FILE)
        if not path.exists():
            return Settings()
    return parse(read_toml(path), path)


def parse(table: Mapping[str, Any], path: Path) -> Settings:
    """Return the settings a parsed file holds."""
    parts = ["archive", "crawler", "scheduler", "watch", "log", "cluster", "agencies"]
    for key in table:
        if key not in parts:
            raise SettingsError.unknown(path, key, parts)
    agencies = {
        key: read_table(AgencySettings, one, path, f"agencies.{key}") for key, one in table.get("agencies", {}).items()
    }
    return Settings(
        archive=read_table(ArchiveSettings, table.get("archive", {}), path, "archive"),
        crawler=read_table(CrawlerSettings, table.get("crawler", {}), path, "crawler"),
        scheduler=read_table(SchedulerSettings, table.get("scheduler", {}), path, "scheduler"),
        watch=read_table(WatchSettings, table.get("watch", {}), path, "watch"),
        log=read_table(LogSettings, table.get("log", {}), path, "log"),
        cluster=read_table(ClusterSettings, table.get("cluster", {}), path, "cluster"),
        agencies=MappingProxyType(agencies),
        folder=path.parent,
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file says; SettingsError when it cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(path, "cannot be read", error.strerror or "") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, "no TOML", str(error)) from error


def read_table[T](kind: type[T], table: object, where: Path, prefix: str = "", **known: object) -> T:
    """Return a `kind` (a dataclass) from a TOML `table`; `known` are fields the file does not give.

    A list in the file becomes a tuple, a whole number a float where one is meant. Raises SettingsError for an
    unknown key, a wrong type, a missing key or a negative number.
    """
    name = f"{prefix}." if prefix else ""
    if not isinstance(table, Mapping):
        raise SettingsError(where, prefix, "must be a table")
    hints = get_type_hints(kind)
    own = {one.name for one in fields(kind) if one.init} - set(known)  # type: ignore[arg-type]
    for key in table:
        if key not in own:
            raise SettingsError.unknown(where, f"{name}{key}", sorted(own))
    values = {key: _fit(hints[key], value, where, f"{name}{key}") for key, value in table.items()}
    try:
        return kind(**values, **known)
    except TypeError as error:
        raise SettingsError(where, prefix or "file", str(error).rpartition(": ")[2]) from error


def _fit(kind: Any, value: object, where: Path, key: str) -> object:  # noqa: ANN401 - a type hint has no type
    """Return `value` as `kind` if it is one, else raise SettingsError."""
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise SettingsError(where, key, "must be a list")
        return tuple(_fit(get_args(kind)[0], one, where, key) for one in value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise SettingsError(where, key, f"must be a {_WORDS.get(kind, kind.__name__)}, not {value!r}")
    if isinstance(value, int | float) and value < 0:
        raise SettingsError(where, key, f"must not be negative: {value}")
    return value


_WORDS = {str: "text", bool: "true or false", int: "whole number", float: "number"}
