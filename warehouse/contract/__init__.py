"""What a feed's publisher promises, as validated YAML: model, calendar, discovery, labels."""
