-- What an agency's page counts, beside each other: by hour of the week and by section, without going to the rows.
DROP INDEX stories_by_agency;
CREATE INDEX stories_by_agency ON stories(agency, id, published, section);
