"""The command line `access-recovery`: words and tables for people, exit statuses for scripts.

Belongs here: arguments, printing, exit statuses. Commands load heavy libraries on use, so that
`--help` is fast.
"""
