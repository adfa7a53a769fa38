-- What of an alarm has reached whom: for each way of telling (command, webhook, email) the last event, begin or end.
CREATE TABLE tellings (
    alarm INTEGER NOT NULL REFERENCES alarms(id),
    way   TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (alarm, way)
) STRICT, WITHOUT ROWID;
INSERT INTO tellings SELECT id, way, told FROM alarms, (
    SELECT 'command' AS way UNION ALL SELECT 'webhook' UNION ALL SELECT 'email'
) WHERE told <> '';
ALTER TABLE alarms DROP COLUMN told;
