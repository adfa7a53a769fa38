"""An agency and its family, read from TOML; every wrong key is an error that names the likely one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from archive.errors import AgencyError, SettingsError
from archive.settings import Settings, read_table, read_toml
from archive.text.letters import HALF_SPACE, fold

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A page layout shared by many agencies: CSS selectors by field, tried in order.

    `signature` tells a page of this family (any selector that matches). `footers` and `heads` are regular
    expressions for whole closing and opening paragraphs, matched on folded letters (`archive.text.letters`).
    """

    name: str
    signature: tuple[str, ...] = ()
    kicker: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    story_id: tuple[str, ...] = ()
    short_link: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()  # elements inside the body that are not the story
    footers: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()  # where agencies of this family keep their feeds, unless their file says otherwise
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A wire agency: where its stories are found and how its addresses and pages look.

    `feeds` and `sitemaps` are addresses, relative to `home` or absolute. `story` is a regular expression
    that an address of a story contains; its group `id` is the agency's own story id. `day` is one with groups
    `year`, `month`, `day` (Jalali or Gregorian), for agencies whose addresses carry the day of a story. `archive` is
    the day archive, with {year}, {month}, {day} (Jalali) and {page}.
    """

    key: str
    name: str  # in Persian, as it calls itself
    home: str
    family: Family | None = None
    hosts: tuple[str, ...] = ()  # other hosts of the same agency
    aliases: tuple[str, ...] = ()  # other names others credit it by: «تسنیم», «ایسنا»
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    archive: str = ""
    story: str = ""
    day: str = ""
    footers: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    delay_s: float | None = None  # overrides crawler.delay_s
    verify_tls: bool = True  # false = its certificate is broken, and is believed all the same
    dated: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the patterns of addresses once."""
        object.__setattr__(self, "_pattern", re.compile(self.story or r"(?!)"))
        object.__setattr__(self, "dated", re.compile(self.day) if self.day else None)

    def story_id(self, url: str) -> str | None:
        """Return the agency's own story id that stands in `url`, if its pattern finds one."""
        found = self._pattern.search(url)
        return found.groupdict().get("id") if found else None

    def is_story(self, url: str) -> bool:
        """Whether `url` is an address of a story: on a host of the agency and of its pattern (if it has one)."""
        return self.owns(url) and (not self.story or self._pattern.search(url) is not None)

    def owns(self, url: str) -> bool:
        """Whether `url` is on the agency's own host, one of its other hosts, or a sub-domain of these."""
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:  # "http://[" and the like, as pages and feeds print them
            return False
        bare = [one.removeprefix("www.") for one in self.own_hosts]
        return any(host == one or host.endswith("." + one) for one in bare)

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The agency's own host and its other ones, which all lead to the same stories."""
        return tuple(one for one in (urlsplit(self.home).hostname or "", *self.hosts) if one)

    def address(self, path: str) -> str:
        """Return `path` as an absolute address."""
        return urljoin(self.home, path)


def load_family(path: Path) -> Family:
    """Return the family a TOML file describes; its name is the file's."""
    return read_table(Family, read_toml(path), path, name=path.stem)


def load_agency(path: Path) -> Agency:
    """Return the agency a TOML file describes; its key is the file's name. Raises AgencyError, SettingsError."""
    table = read_toml(path)
    family = _family(table.pop("family", None), path)
    for key in ("feeds", "sitemaps"):  # a family knows where its agencies keep these
        table.setdefault(key, list(getattr(family, key, ())))
    try:
        return read_table(Agency, table, path, key=path.stem, family=family)
    except re.error as error:
        raise AgencyError(path, "story", f"no regular expression: {error}") from error


def load_agencies(settings: Settings) -> dict[str, Agency]:
    """Return every agency by its key: ours, then those of `crawler.agencies_dir`, with their settings laid over."""
    folders = [HERE / "agencies"]
    if settings.crawler.agencies_dir:
        folders.append(settings.folder / settings.crawler.agencies_dir)
    found = {path.stem: load_agency(path) for folder in folders for path in sorted(folder.glob("*.toml"))}
    for key, own in settings.agencies.items():
        if key not in found:
            raise SettingsError.unknown("settings", f"agencies.{key}", sorted(found), "no such agency")
        if own.home is not None:
            found[key] = _moved(found[key], own.home)
        if own.delay_s is not None:
            found[key] = replace(found[key], delay_s=own.delay_s)
    return found


@cache
def agency_names() -> Mapping[str, str]:
    """Return what agencies of ours are called, folded and with half-spaces as blanks, to what they call themselves."""
    agencies = load_agencies(Settings()).values()
    called = {alias: agency.name for agency in agencies for alias in (*agency.aliases, agency.name)}
    return {" ".join(fold(one).replace(HALF_SPACE, " ").split()): name for one, name in called.items()}


def _family(name: object, path: Path) -> Family | None:
    """Return the family an agency file names: beside the file's folder, or ours."""
    if name is None:
        return None
    places = [folder / f"{name}.toml" for folder in (path.parent.parent / "families", HERE / "families")]
    for place in places:
        if place.exists():
            return load_family(place)
    raise AgencyError(path, "family", f"no family {name}")


def _moved(agency: Agency, home: str) -> Agency:
    """Return `agency` as it is served from another `home` (a mirror, a test wire); its old host stays its own."""
    return replace(agency, home=home, hosts=(urlsplit(agency.home).hostname or "", *agency.hosts))


def check_contact(settings: Settings, agencies: Iterable[Agency]) -> None:
    """Raise SettingsError when one of `agencies` is somebody's site and could not write to whoever asks for it."""
    outside = [agency for agency in agencies if of_the_public_web(agency)]
    if outside and not settings.crawler.contact:
        why = f"empty; {outside[0].key} must be able to write to whoever crawls it"
        raise SettingsError("settings", "crawler.contact", why)


def of_the_public_web(agency: Agency) -> bool:
    """Whether an agency is somebody else's site: not on this machine."""
    host = urlsplit(agency.home).hostname or ""
    return host not in ("localhost", "127.0.0.1", "::1")
