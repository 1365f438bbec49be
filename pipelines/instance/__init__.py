"""Dagster's instance of a home: its storage in SQLite or Postgres, pools and settings."""
