"""One module a revision, named by its four digits."""
