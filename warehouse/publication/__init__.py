"""The mart as one file: built aside from what is accepted, published in one step."""
