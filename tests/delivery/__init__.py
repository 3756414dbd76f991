"""How what is owed goes out: when, how fast, once, and what becomes of it."""
