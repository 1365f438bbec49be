"""Pages for people: the scorecard, and what was checked in each refresh, as static HTML.

They open in a browser without a network: one file each, style included, no script. What they say
is read from the published mart, so that page and mart never disagree.
"""
