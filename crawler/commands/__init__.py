"""The commands that look at agencies and pages: one module each."""
