"""The command line: commands parse, call the core, and print."""
