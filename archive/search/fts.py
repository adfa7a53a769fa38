"""A query as FTS5 takes it: what its tree asks for, as expressions; words folded as in the index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.search.expression import ALL, LEMMA, TEXT, AllOf, AnyOf, But, Fts, Has, anywhere, but, leaves
from archive.search.grammar import COLUMNS, Either, Every, Node, Not, Phrase, Prefix, Words, is_plain
from archive.search.meta import FIELDS, OTHER, STORY, tokens
from archive.text.words import QueryTerm, phrases, query_terms

# Every story carries one of these; FTS5 has no word for "all".
ANYTHING = AnyOf((Has("meta", (f"kind:{STORY}",)), Has("meta", (f"kind:{OTHER}",))))
NOTHING = Has("meta", (":",))
NO_STORY = Has("meta", (f"kind:{OTHER}",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a search asks for: `words` and `filters` that must all hold, and what must not.

    `plain`: words as anybody types them; no phrase, prefix, OR, bracket or column, by which one says what one wants.
    """

    words: tuple[Fts, ...] = ()
    filters: tuple[Fts, ...] = ()
    unwanted: tuple[Fts, ...] = ()
    plain: bool = False

    def matching(self) -> Fts:
        """Return the whole as one expression that finds the stories."""
        return anywhere(self.ranking())

    def ranking(self) -> Fts:
        """Return the same with every column named, as BM25 wants it."""
        first, *others = (*self.words, *self.filters) or (ANYTHING,)
        # FTS5 makes one of nested ANDs and asks all its members for every story that one of them names; behind a NOT,
        # a member is asked only for those that all before it share. The rarest are first, if the words came so.
        node = but(_joined([first, *others[:1]]), self.unwanted)
        for one in others[1:]:
            node = AllOf((node, one)) if one is others[-1] else But(AllOf((node, one)), NOTHING)
        return node


def wish(tree: Every) -> Wish:
    """Return what the tree of a query asks for; only stories, unless it speaks of kinds."""
    wanted = [part for node in tree.nodes if not isinstance(node, Not) for part in _parts(node)]
    unwanted = [part for node in tree.nodes if isinstance(node, Not) if (part := _fts(node.node)) is not None]
    filters = tuple(part for part in wanted if _is_filter(part))
    return Wish(
        words=tuple(part for part in wanted if part not in filters),
        filters=filters,
        unwanted=(*unwanted, *([] if speaks_of_kind(tree) else [NO_STORY])),
        plain=is_plain(tree),
    )


def only(field: str, value: str) -> tuple[Fts, ...]:
    """Return the filter of a field that a value must pass, as `--agency` asks; nothing for an empty value."""
    named = tokens(field, value)
    return (Has("meta", tuple(named)),) if named else ()


def speaks_of_kind(node: Node) -> bool:
    """Whether a query names a kind itself, so that galleries are not left out."""
    match node:
        case Every() | Either():
            return any(map(speaks_of_kind, node.nodes))
        case Not():
            return speaks_of_kind(node.node)
        case Words() | Phrase() | Prefix():
            return node.field == "kind"


def _is_filter(node: Fts) -> bool:
    return all(test.columns == "meta" for test in leaves(node))


def _parts(node: Node) -> list[Fts]:
    """Return what must all hold for `node` to hold."""
    match node:
        case Every():
            wanted = [part for one in node.nodes if not isinstance(one, Not) for part in _parts(one)]
            unwanted = [part for one in node.nodes if isinstance(one, Not) if (part := _fts(one.node)) is not None]
            return [but(_joined(wanted or [ANYTHING]), unwanted)] if unwanted else wanted
        case Words() if node.field in FIELDS:
            return [Has("meta", (token,)) for token in tokens(node.field, node.text)]
        case Words():
            terms = query_terms(node.text)
            needed = [term for term in terms if not term.optional] or terms
            return [AnyOf(tuple(_spellings(term, node.field))) for term in needed]
        case _:
            part = _fts(node)
            return [] if part is None else [part]


def _fts(node: Node) -> Fts | None:
    """Return `node` as one expression; None when it holds no word."""
    match node:
        case Every() | Words():
            parts = _parts(node)
            return _joined(parts) if parts else None
        case Either():
            either = tuple(part for one in node.nodes if (part := _fts(one)) is not None)
            return AnyOf(either) if either else None
        case Not():
            part = _fts(node.node)
            return None if part is None else But(ANYTHING, part)
        case Phrase():
            ways = [Has(node.field if node.field in COLUMNS else TEXT, way) for way in phrases(node.text)]
            if node.field in FIELDS:
                ways = [Has("meta", way) for way in _named_ways(node.field, node.text)]
            return AnyOf(tuple(ways)) if ways else None
        case Prefix():
            return _prefix(node)


def _joined(parts: Sequence[Fts]) -> Fts:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _spellings(term: QueryTerm, field: str) -> Iterator[Has]:
    """Yield any spelling of a word, and its stems in the column of stems unless one column is asked."""
    by_lemma = field == LEMMA
    for phrase in term.exact:
        yield Has(TEXT if by_lemma else field or TEXT, phrase)
    if by_lemma:
        yield Has(LEMMA, term.exact[0])
    if by_lemma or not field:
        for stem in term.stems:
            yield Has("stems", tuple(stem.split(" ")))


def _named_ways(field: str, text: str) -> Iterator[tuple[str, ...]]:
    """Yield how a value may stand among the filters: as it is, and with any two neighbours joined."""
    named = tokens(field, text)
    if named:
        yield tuple(named)
    for at in range(len(named) - 1):
        yield (*named[:at], named[at] + named[at + 1].partition(":")[2], *named[at + 2 :])


def _prefix(node: Prefix) -> Fts | None:
    if node.field in FIELDS:
        named = tokens(node.field, node.text)
        return Has("meta", tuple(named), prefix=True) if named else None
    terms = query_terms(node.text)
    if not terms:
        return None
    columns = node.field if node.field in COLUMNS else ALL
    return AnyOf(tuple(Has(columns, phrase, prefix=True) for phrase in terms[0].exact))
