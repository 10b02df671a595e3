"""The catalog: the SQLite file that remembers samples, what was found out, what the user said."""
