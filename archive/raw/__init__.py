"""Raw pages: what agencies' servers sent, kept by hash in a file a month, so that stories can be read again."""
