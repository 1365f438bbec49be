"""What is done to a home as a whole: refresh, purge, housekeeping, the landing folder."""
