"""The words of the stories that were filed last, in memory: who is copied at all is copied within the hour."""

from collections import OrderedDict

# Stories of about an hour of 20 agencies, 4 KB each.
KEPT = 512


class Recent:
    """Texts of sketches by the number of their story, as long as the sum of its row is the one they were kept with."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: OrderedDict[int, tuple[bytes, str]] = OrderedDict()

    def keep(self, story: int, row_sum: bytes, text: str) -> None:
        """Keep the words of a story, and those of the one kept longest no more when there are too many."""
        self._kept[story] = row_sum, text
        self._kept.move_to_end(story)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def text(self, story: int, row_sum: bytes) -> str | None:
        """Return the words of a story; None: they are not kept, or its row is another now."""
        kept_sum, text = self._kept.get(story, (None, None))
        return text if kept_sum == row_sum else None
