"""Common code, independent of feeds: the home, months, text, errors, hashing, web addresses."""
