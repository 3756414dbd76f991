"""What is remembered: every line of SQL is in this room."""
