"""One file for each messenger; nothing else in the house has heard of one."""
