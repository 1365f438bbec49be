"""The command line `access-recovery`: arguments, printing and exit statuses.

Commands load heavy libraries on use, so that `--help` is fast.
"""
