"""Operations on a home: refresh, purge, housekeeping, import from the landing folder."""
