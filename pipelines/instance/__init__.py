"""Dagster's instance of a home: storage on SQLite or Postgres, pools, and preparing it."""
