"""The synthetic sample: an invented world (`profile`, `world`) in real formats (`writer`)."""
