-- What the pages of the browser ask for, and views for researchers.

-- The edits of a day.
CREATE INDEX stories_by_revised ON stories(revised) WHERE revised IS NOT NULL;

-- Every place of every word of the index; fast for one term, endless without: WHERE term = fa_fold('بودجه').
CREATE VIRTUAL TABLE word_places USING fts5vocab(story_index, instance);

-- How many stories of a Jalali month hold a word, and how often it stands in them; jalali_month is archive.browse's.
CREATE VIEW terms_by_month AS
SELECT term, jalali_month(doc / 1000000) AS month, count(DISTINCT doc) AS stories, count(*) AS occurrences
FROM word_places WHERE col IN ('title', 'lead', 'body')
GROUP BY term, month;

-- Stories with their days in both calendars, for tables and charts.
CREATE VIEW stories_by_day AS
SELECT agency, id / 1000000 AS day, jalali(id / 1000000) AS jalali_day, count(*) AS stories,
       sum(revision > 1) AS changed
FROM stories GROUP BY agency, day;
