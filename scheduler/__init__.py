"""When each agency is crawled, by which process, and the one command `bayegan`."""
