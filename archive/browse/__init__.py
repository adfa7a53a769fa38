"""The archive in Datasette: its tables, facets, SQL and exports stay; Persian search and right-to-left text are added."""
