"""Our side of the house: identify, store and find stories."""
