"""Data contracts in the Open Data Contract Standard, for other catalogues and tools. Converts facts
known elsewhere (feed contracts, checks, the mart's comments) and adds none."""
