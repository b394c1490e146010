"""The documents are run: what they show is what happens."""
