"""The command line `access-recovery`: words and tables for people, exit statuses for scripts.

Belongs here: arguments, printing, exit statuses. Heavy libraries are loaded inside the commands,
so that `--help` answers at once.
"""
