"""The rulebook: pure functions; no clock, no SQL, no chat. An official can read it."""
