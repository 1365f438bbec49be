"""What all stands on and that knows no feed: months, text, errors, settings, the home."""
