"""Where an agency announces its stories: feeds, sitemaps, robots.txt. Bytes in, links out; nothing is fetched here."""
