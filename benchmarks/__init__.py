"""Speed, memory and size beside a floor and an analyst's scripts: `python -m benchmarks`."""
