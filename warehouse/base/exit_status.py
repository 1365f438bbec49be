"""Exit statuses of commands and errors: 0 done; 1 done in part; 2 wrong usage, or every input
refused; 3 a publisher or service could not be reached."""

DONE, IN_PART, WRONG, UNREACHABLE = 0, 1, 2, 3
