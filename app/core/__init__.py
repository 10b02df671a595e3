"""What the program does, without Qt, prints or dialogs."""
