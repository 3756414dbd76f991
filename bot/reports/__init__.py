"""Papers, tables and workbooks: what goes out to be read elsewhere, and what comes in from there."""
