"""What people type: diacritics, names, dates and whole sentences."""
