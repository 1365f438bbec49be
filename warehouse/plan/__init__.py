"""The plan beside the figures: what was promised, which actions follow, what the data say."""
