-- Which links lead to a story: asked when one of them is found gone.
CREATE INDEX links_by_story ON links(story) WHERE story IS NOT NULL;
