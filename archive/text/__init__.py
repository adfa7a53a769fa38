"""Persian text: letters, half-spaces, words and dates."""
