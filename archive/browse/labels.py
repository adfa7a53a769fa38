"""Names for form fields that Datasette's pages leave without one, so that who hears the page knows what they ask."""

import re

from markupsafe import Markup

# https://dequeuniversity.com/rules/axe/4.10/select-name
_NAMES = {
    "_filter_column": "Column",
    "_filter_op": "Condition",
    "_filter_value": "Value",
    "_sort": "Sort by",
    "sql": "SQL",
}
_FIELD = re.compile(
    r'<(?:select|input type="text"|textarea id="sql-editor")'
    r' name="(_filter_column|_filter_op|_filter_value|_sort|sql)((?:_\d+)?)"'
)


def labelled(html: str) -> Markup:
    """Return a page of Datasette with a name on each field of its filter form."""
    return Markup(_FIELD.sub(_named, str(html)))  # noqa: S704 - Datasette's own page; only fixed words are added


def _named(found: re.Match[str]) -> str:
    return f'{found[0]} aria-label="{_NAMES[found[1]]}{found[2].replace("_", " ")}"'
