"""SQL as the archive's modules write it for SQLite, as PostgreSQL takes it: one text of each statement, one meaning.

The modules keep to what both know; what is left is spelt otherwise here. Functions that PostgreSQL lacks (iif, max of
two) are made beside the tables (`functions.sql`).
"""

import re
from functools import cache

_PARTS = re.compile(r"'(?:[^']|'')*'|(?<!:):(?P<name>[a-z_][a-z_0-9]*)|(?P<mark>\?)|%")
_INSERT = re.compile(r"INSERT OR (?P<what>IGNORE|REPLACE) INTO (?P<table>\w+)(?: \((?P<columns>[^)]*)\))?")
_SPELT = (
    (re.compile(r" INDEXED BY \w+"), ""),
    (re.compile(r" IS (?=\?|:[a-z])"), " IS NOT DISTINCT FROM "),
    (re.compile(r"(\?|(?<!:):[a-z_]+) IS NULL"), r"CAST(\1 AS text) IS NULL"),
    (re.compile(r"\bIN \(\)"), "IN (NULL)"),
    # Numbers in a JSON list, which SQLite takes in one value: PostgreSQL knows their count when it plans.
    (
        re.compile(r"\bIN \(SELECT value FROM json_each\((\?|:[a-z_]+)\)\)"),
        r"= ANY(CAST(translate(\1, '[]', '{}') AS bigint[]))",
    ),
    (re.compile(r"\bAS INTEGER\)"), "AS bigint)"),
)


@cache
def postgresql(sql: str) -> str:
    """Return a statement with its places for values as psycopg writes them."""
    for pattern, instead in _SPELT:
        sql = pattern.sub(instead, sql)
    found = _INSERT.match(sql)
    if found is not None:
        sql = f"INSERT INTO {found['table']}{sql[found.end() :] if not found['columns'] else _rest(found, sql)}"
        sql += _on_conflict(found)
    return _PARTS.sub(_part, sql)


def _rest(found: re.Match[str], sql: str) -> str:
    return f" ({found['columns']}){sql[found.end() :]}"


def _on_conflict(found: re.Match[str]) -> str:
    if found["what"] == "IGNORE":
        return " ON CONFLICT DO NOTHING"
    changes = ", ".join(f"{name} = excluded.{name}" for name in found["columns"].split(", "))
    return f" ON CONFLICT ON CONSTRAINT {found['table']}_pkey DO UPDATE SET {changes}"


def _part(found: re.Match[str]) -> str:
    if found["mark"]:
        return "%s"
    if found["name"]:
        return f"%({found['name']})s"
    return found[0].replace("%", "%%")
