"""The archive in Datasette: its tables, facets and exports stay; Persian search and right-to-left text are added."""
