"""The program and its rulebook."""
