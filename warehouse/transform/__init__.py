"""From one archived file to tidy rows, quarantined rows and measures."""
