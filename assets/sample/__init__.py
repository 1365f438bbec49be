"""The synthetic sample: an invented world (`profile`, `world`) written in real formats (`writer`)."""
