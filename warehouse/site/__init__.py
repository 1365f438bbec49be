"""The access report: static pages that people read, made from a mart alone. Templates lay out what
the page models say; a model is a frozen dataclass, and no template has a rule or a query."""
