"""The mart as one file: built from accepted editions, then published in one step."""
