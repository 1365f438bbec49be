"""The command line `access-recovery`: words and tables for people, exit statuses for scripts.

Belongs here: arguments, printing, exit statuses. Heavy libraries are loaded inside the commands,
so that `--help` answers at once. Exit status: 0 done; 1 done in part; 2 wrong usage or every
input refused; 3 a publisher or service could not be reached.
"""

DONE, IN_PART, WRONG, UNREACHABLE = 0, 1, 2, 3
