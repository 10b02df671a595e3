"""What a window shows of the library: rows in memory, filtered, sorted and searched at once."""
