"""The mart as one file: built aside from accepted editions, published in one step."""
