"""Common code that is independent of feeds: months, text, errors, settings, the home."""
