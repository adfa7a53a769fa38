"""Who ran it first: which story of a cluster speaks for it, and through whom the others have it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.story import Credit
from archive.text.letters import letters_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A story of a cluster: its agency's key and name (empty = not known), times (UTC, ISO 8601), whom it credits."""

    story: int
    agency: str
    name: str = ""
    published: str | None = None
    first_seen: str = ""
    credit: Credit | None = None


def in_order(members: Sequence[Member]) -> list[Member]:
    """Return the members, earliest first: by publication, those without one last; then by first sight and number."""
    return sorted(members, key=lambda one: (one.published is None, one.published or "", one.first_seen, one.story))


def representative(members: Sequence[Member]) -> Member:
    """Return the story that speaks for a cluster: of the agency most members credit, else the earliest."""
    ordered = in_order(members)
    votes = Counter(source.agency for one in ordered if (source := credited(one, ordered)) is not None)
    most = max(votes.values(), default=0)
    return next(one for one in ordered if not most or votes[one.agency] == most)


def credited(member: Member, members: Sequence[Member]) -> Member | None:
    """Return the earliest story of the agency on whose word `member` says it tells; None when it names none of them.

    The source counts before the reporter: «به گزارش الف به نقل از ب» has it from ب.
    """
    for name in (member.credit.source, member.credit.reporter) if member.credit else ():
        for one in in_order(members) if name else ():
            if one.agency != member.agency and letters_only(name) in _names(one):
                return one
    return None


def chain(member: Member, members: Sequence[Member]) -> list[Member]:
    """Return `member`, the story it has its text from, where that one has it from, and so on to the first."""
    first = representative(members)
    passed = [member]
    while passed[-1].story != first.story:
        source = credited(passed[-1], members) or first
        if source in passed:
            return [*passed, first]
        passed.append(source)
    return passed


def _names(member: Member) -> set[str]:
    return {letters_only(one) for one in (member.agency, member.name) if one}
