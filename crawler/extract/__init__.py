"""Make a story of a page's bytes: the family's rule first, trafilatura beside it."""

from crawler.extract.page import extract
from crawler.extract.verdict import Extract, Verdict

__all__ = ["Extract", "Verdict", "extract"]
