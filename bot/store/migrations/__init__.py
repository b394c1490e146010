"""The history of the tables, one module a step; see env.py for how to add one."""
