"""Stories for tests: one that is valid, changed where a test needs it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from archive.analysis import Analysed, analyse
from archive.story import Story

NOON = datetime(2024, 9, 22, 8, 30, tzinfo=UTC)  # ۱ مهر ۱۴۰۳، ۱۲:۰۰ in Tehran
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def story(**changes: Any) -> Story:
    """Return a story of the invented agency «namune»."""
    values: dict[str, Any] = {
        "agency": "namune",
        "story_id": "101",
        "url": "https://www.namune.ir/news/101/کتابخانه",
        "title": "کتابخانه‌های روستایی شبانه‌روزی می‌شوند",
        "lead": "دوازده کتابخانه تا پایان پاییز شب‌ها هم باز می‌ماند.",
        "body": "مدیر کتابخانه‌ها در گفت‌وگو با ما گفت: کتاب‌خوانی رشد کرده است.\nوی افزود: ۴۲ هزار کتاب امانت داده شد.",
        "published": NOON,
    }
    return Story(**{**values, **changes})


def analysed(**changes: Any) -> Analysed:
    """Return such a story, ready for the store."""
    return analyse(story(**changes))
