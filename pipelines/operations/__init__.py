"""Operations on a home as a whole: refresh, purge, housekeeping, the landing folder."""
