-- Which stories matched which saved search (by its name in alerts.toml), and when that was seen first.
CREATE TABLE alert_hits (
    alert TEXT NOT NULL,
    story INTEGER NOT NULL REFERENCES stories(id),
    found TEXT NOT NULL,
    PRIMARY KEY (alert, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_hits_by_time ON alert_hits(alert, found);
