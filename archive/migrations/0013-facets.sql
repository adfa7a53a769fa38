-- What the facets of a search count, beside each other: in the rows themselves a section stands behind the text.
CREATE INDEX stories_facets ON stories(id, agency, section);
