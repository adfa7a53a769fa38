"""What researchers find beside the tables: what each table and view holds, and questions with their SQL."""

from typing import Any

TABLES: dict[str, dict[str, Any]] = {
    "stories": {
        "description": "Every story once, as its agency printed it; the current revision.",
        "sort_desc": "id",
        "label_column": "title",
        "size": 20,
    },
    "story_revisions": {"description": "Every text a story ever had, the current one last.", "size": 20},
    "revisions": {"description": "What stories said before they were changed."},
    "agencies": {"description": "Who publishes.", "label_column": "name"},
    "clusters": {"description": "Stories that several agencies ran, each under the one that speaks for them."},
    "copies": {"description": "Who ran whose story, and how many minutes later.", "size": 20},
    "edges": {"description": "What a story is to an earlier one: a copy, an update of it, or it shares a passage."},
    "syndication": {"description": "Per agency and day: its own stories, those taken over, the median of their lag."},
    "coverage": {"description": "What an agency's own day archive lists of a day, when it was walked last."},
    "terms_by_month": {"description": "Stories that hold a word, by Jalali month; filter by term, folded."},
    "stories_by_day": {"description": "Stories per agency and day, in both calendars."},
    "withdrawals": {"description": "Stories their agencies took down, with the evidence."},
    "addresses": {"description": "Other addresses that lead to a story."},
    "alarms": {"description": "What was or is wrong with a crawl, since when, by which evidence.", "sort_desc": "id"},
    "alert_hits": {"description": "Which stories a saved search found, and when."},
    "story_pages": {"description": "Which raw page each revision of a story was read from (SHA-256 of its body)."},
    "lexicon": {"description": "Forms of words and their lemma, as the index spells words."},
    "printings": {"description": "How often words are printed with half-spaces, joined and with blanks."},
    "pauses": {"description": "Times in which nobody crawled, and why."},
    "crawls": {"description": "One row a crawl: when, how it ended, what it found.", "sort_desc": "id"},
    "links": {"description": "The frontier: every address an agency announced, and where it stands."},
    "feeds": {"description": "When each feed and sitemap was last asked, and what it said of itself."},
    "house_lines": {"description": "Lines an agency prints under story after story, cut from them."},
}
# Of no use to a reader: the index's own tables, and what programs note for themselves.
HIDDEN = (
    "story_index", "story_terms", "word_places", "versions", "fingerprints", "fingerprint_days", "frequencies", "days",
    "readings", "robots", "shifts", "tellings",
    "link_pages", "learnt", "changes", "followers",
)  # fmt: skip

# Bounds of days are ids, which begin with the day: yyyymmdd. Every parameter may be left empty.
QUERIES: dict[str, dict[str, str]] = {
    "word_over_time": {
        "title": "A word over time",
        "description": "How many stories hold a word, month by month. Spelling makes no difference.",
        "sql": "SELECT month, stories, occurrences FROM terms_by_month WHERE term = fa_fold(:word) ORDER BY month",
    },
    "word_by_agency": {
        "title": "A word by agency",
        "description": "Which agencies use a word most, as a share of their own stories of the last 90 days.",
        "sql": """SELECT s.agency, count(DISTINCT p.doc) AS stories,
  round(100.0 * count(DISTINCT p.doc) / (SELECT count(*) FROM stories a WHERE a.agency = s.agency
    AND a.id >= strftime('%Y%m%d', 'now', '-90 days') * 1000000), 1) AS percent
FROM word_places p JOIN stories s ON s.id = p.doc
WHERE p.term = fa_fold(:word) AND p.col IN ('title', 'lead', 'body')
  AND p.doc >= strftime('%Y%m%d', 'now', '-90 days') * 1000000
GROUP BY s.agency ORDER BY percent DESC""",
    },
    "headlines_changed": {
        "title": "Headlines that were changed",
        "description": "The newest headlines with what they said before, word by word: [-removed-] {+added+}.",
        "sql": """SELECT s.id AS story, s.agency, s.title, word_diff(r.title, s.title) AS difference, s.revised
FROM stories s JOIN revisions r ON r.story = s.id AND r.number = s.revision - 1
WHERE s.revised IS NOT NULL AND r.title <> s.title ORDER BY s.revised DESC LIMIT 100""",
    },
    "taken_down": {
        "title": "Stories taken down",
        "description": "What is no longer at its agency, newest first.",
        "sql": """SELECT w.story, s.agency, s.title, s.published, w.withdrawn, w.sightings
FROM withdrawals w JOIN stories s ON s.id = w.story
WHERE w.withdrawn IS NOT NULL AND w.reappeared IS NULL ORDER BY w.withdrawn DESC LIMIT 100""",
    },
    "who_copies_whom": {
        "title": "Who copies whom",
        "description": "Pairs of agencies since a day (yyyymmdd, empty = all): how many stories, how much later.",
        "sql": """SELECT agency, first_agency, count(*) AS stories, round(avg(lag_min)) AS average_lag_min
FROM copies WHERE agency <> first_agency AND story >= coalesce(nullif(:since, ''), 0) * 1000000
GROUP BY agency, first_agency ORDER BY stories DESC LIMIT 200""",
    },
    "most_run": {
        "title": "Stories that most agencies ran",
        "description": "Since a day (yyyymmdd, empty = all).",
        "sql": """SELECT c.cluster, s.title, count(DISTINCT m.agency) AS agencies, count(*) AS stories
FROM clusters c JOIN stories m ON m.id = c.story JOIN stories s ON s.id = c.cluster
WHERE c.cluster >= coalesce(nullif(:since, ''), 0) * 1000000
GROUP BY c.cluster ORDER BY agencies DESC, stories DESC LIMIT 100""",
    },
    "days_that_miss_stories": {
        "title": "Days that miss stories",
        "description": "Days of which an agency lists more stories than the archive holds.",
        "sql": """SELECT c.agency, jalali(c.day) AS jalali_day, c.listed, count(s.id) AS stored
FROM coverage c LEFT JOIN stories s
  ON s.agency = c.agency AND s.id >= c.day * 1000000 AND s.id < (c.day + 1) * 1000000
GROUP BY c.agency, c.day HAVING stored < c.listed ORDER BY c.day DESC, c.agency LIMIT 200""",
    },
    "search": {
        "title": "Search with highlights",
        "description": "The newest stories that hold all words, the words marked in the body.",
        "sql": """SELECT s.id AS story, s.agency, s.title, s.published, fa_highlight(s.lead, :words) AS highlight
FROM stories s WHERE s.id IN
  (SELECT rowid FROM story_index WHERE story_index MATCH escape_fts(:words) ORDER BY rowid DESC LIMIT 50)
ORDER BY s.id DESC""",
    },
}
