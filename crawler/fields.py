"""Which fields of a story a page had: what an agency's health is judged by."""

from archive.visit import Visit
from crawler.agency import Agency
from crawler.extract.verdict import Extract, Verdict

# Whether the family's rule told the story, and what it told. Pages of pictures have no lead or body by nature.
RULE = "rule"
FIELDS = ("kicker", "title", "lead", "body", "published", "byline", "section", "tags", "images", "story_id")
_OF_PICTURES = frozenset({"kicker", "lead", "body", "byline", RULE})


def fields(found: Extract, agency: Agency) -> Visit:
    """Return which fields were found on a page and which were not.

    A page that should have been a story and has no text counts as one whose body is missing; walls, missing pages and
    spoilt letters say nothing of a layout.
    """
    story = found.story
    if story is None:
        return Visit(missing=("body",)) if found.verdict is Verdict.EMPTY else Visit()
    there = {name: bool(getattr(story, name)) for name in FIELDS}
    if agency.family is not None:
        there[RULE] = story.extractor == agency.family.name
    if found.verdict is Verdict.GALLERY:
        there = {name: has for name, has in there.items() if name not in _OF_PICTURES}
    return Visit(
        found=tuple(name for name, has in there.items() if has),
        missing=tuple(name for name, has in there.items() if not has),
    )
