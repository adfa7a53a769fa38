"""The demonstration wire: two invented agencies on 127.0.0.1, served and crawled for real."""
