"""What a person typed, as a tree: words, "phrases", prefix*, OR, NOT, (groups), fields and days; never an error.

Whatever is no syntax is read as words: a quote without its partner, an empty group, a field nobody knows, a day that is
none. `OR` joins its two neighbours and binds closer than the blank, as in the search engines people know:
«برف تهران OR تبریز» wants برف, and one of the two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.errors import QueryError
from archive.search.meta import FIELDS
from archive.search.note import Note
from archive.search.span import Span, parse_span
from archive.text.letters import fold
from archive.text.words import spans

# Bounds of one query: what a person types is far below, what a script may send stays cheap.
MAX_TERMS = 32
MAX_CHARACTERS = 500
_MAX_DEPTH = 8

COLUMNS = ("title", "lead", "body")
_DAYS = ("date", "from", "to")
# Fields under their Persian names, for whoever does not want to change the keyboard.
_PERSIAN = {
    "عنوان": "title", "تیتر": "title", "لید": "lead", "متن": "body", "برچسب": "tag", "بخش": "section",
    "خبرگزاری": "agency", "خبرنگار": "byline", "منبع": "credit", "نوع": "kind", "تاریخ": "date", "از": "from",
    "تا": "to", "ریشه": "lemma",
}  # fmt: skip
_NAMED = {name: name for name in (*COLUMNS, *FIELDS, *_DAYS, "lemma")} | {
    fold(name): to for name, to in _PERSIAN.items()
}
_TOKEN = re.compile(
    r"""\s*(?: (?P<open>\() | (?P<close>\))
      | (?P<not>-(?=[^\s-]))?(?:(?P<field>[^\W\d_]+):(?=[^\s:)]))?
        (?: "(?P<quoted>[^"]*)" | [“”](?P<curled>[^“”]*)[“”] | (?P<group>\() | (?P<word>[^\s()"“”]+) )
      | (?P<stray>\S))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row, all of which must occur; `field` is a column, a filter, or empty for anywhere."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand side by side."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """What must not occur."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Either:
    """Any of these will do."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of these; of nothing when empty."""

    nodes: tuple["Node", ...]


type Node = Words | Phrase | Prefix | Not | Either | Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A query understood: what must occur, on which days, and what had to be read otherwise than it was meant."""

    tree: Every
    days: Span = field(default_factory=Span)
    notes: tuple[Note, ...] = ()


def parse(text: str, now: datetime) -> Parsed:
    """Return what `text` asks for; `now` is what «امروز» is counted from. Raises nothing."""
    notes = []
    if len(text) > MAX_CHARACTERS:
        notes.append(Note("characters", n=MAX_CHARACTERS))
    parser = _Parser(text[:MAX_CHARACTERS].replace("\0", " "), now)
    tree = parser.group(0)
    if parser.terms > MAX_TERMS:
        notes.append(Note("words", n=MAX_TERMS))
    return Parsed(tree=tree, days=parser.days, notes=(*notes, *parser.notes))


def by_lemma(tree: Every) -> Every:
    """Return `tree` with its plain words asked for by their lemma."""

    def changed(node: Node) -> Node:
        match node:
            case Words(text, ""):
                return Words(text, "lemma")
            case Every(nodes):
                return Every(tuple(map(changed, nodes)))
            case Either(nodes):
                return Either(tuple(map(changed, nodes)))
            case Not(inner):
                return Not(changed(inner))
            case _:
                return node

    return Every(tuple(map(changed, tree.nodes)))


def is_plain(tree: Every) -> bool:
    """Say whether a query is words as anybody types them, filters aside: no phrase, prefix, OR, bracket or column."""

    def plain(node: Node) -> bool:
        match node:
            case Words(_, field) | Phrase(_, field) | Prefix(_, field):
                return field in FIELDS or (isinstance(node, Words) and field not in COLUMNS)
            case _:
                return isinstance(node, Not)

    return all(map(plain, tree.nodes))


class _Parser:
    """One pass over the tokens of a query, a group at a time."""

    def __init__(self, text: str, now: datetime) -> None:
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)
        self._now = now
        self.days, self.terms = Span(), 0
        self.notes: list[Note] = []

    def group(self, depth: int, inherited: str = "") -> Every:
        """Read up to the bracket that closes this group, or to the end."""
        nodes: list[Node] = []
        negate = joins = False
        for token in self._tokens:
            if token["close"] and depth:
                break
            word = token["word"]
            if word in ("OR", "AND", "NOT") and not token["field"] and not token["not"]:
                joins = joins or (word == "OR" and bool(nodes))
                negate = negate or word == "NOT"
                continue
            node = self._node(token, depth, inherited)
            if node is None:
                continue
            node = Not(node) if negate or token["not"] else node
            nodes[-1:] = [_either(nodes[-1], node)] if joins and nodes else [*nodes[-1:], node]
            negate = joins = False
        return Every(tuple(_gathered(nodes)))

    def _node(self, token: re.Match[str], depth: int, inherited: str) -> Node | None:
        """Return what one token stands for; None when it holds no word or only bounds the days."""
        name = _NAMED.get(fold(token["field"] or ""), "")
        if token["open"] or token["group"]:
            inner = (
                self.group(depth + 1, inherited if name in _DAYS else name or inherited)
                if depth < _MAX_DEPTH
                else Every(())
            )
            return inner if inner.nodes else None
        quoted = token["quoted"] if token["quoted"] is not None else token["curled"]
        value = quoted if quoted is not None else token["word"] or ""
        if name in _DAYS and self._bound(name, value):
            return None
        if token["field"] and (not name or name in _DAYS):
            value, name = f"{token['field']} {value}", ""
        return self._leaf(value, name or inherited, quoted=quoted is not None and bool(quoted.strip()))

    def _leaf(self, value: str, name: str, *, quoted: bool) -> Node | None:
        words = sum(1 for _ in spans(value))
        self.terms += words
        left = words - max(0, self.terms - MAX_TERMS)
        if left <= 0:
            return None
        if left < words:
            value = value[: [end for _, end, _ in spans(value)][left - 1]]
        if quoted:
            return Phrase(value, name)
        return Prefix(value.rstrip("*"), name) if value.endswith("*") and words == 1 else Words(value, name)

    def _bound(self, name: str, value: str) -> bool:
        """Narrow the days; say whether `value` is one."""
        try:
            span = parse_span(value, self._now)
        except QueryError:
            self.notes.append(Note("no_day", text=f"{name}:{value}"))
            return False
        if name == "from":
            span = replace(span, last=None)
        elif name == "to":
            span = replace(span, first=None)
        self.days = self.days.within(span)
        return True


def _either(first: Node, second: Node) -> Either:
    before = first.nodes if isinstance(first, Either) else (first,)
    return Either((*before, second))


def _gathered(nodes: list[Node]) -> Iterator[Node]:
    """Yield `nodes` with plain words that follow each other as one text, so that neighbours can be joined."""
    run: Words | None = None
    for node in nodes:
        if isinstance(node, Words) and run is not None and run.field == node.field:
            run = Words(f"{run.text} {node.text}", run.field)
            continue
        if run is not None:
            yield run
        run = node if isinstance(node, Words) else None
        if run is None:
            yield node
    if run is not None:
        yield run
