"""Tests of the shipped flow, named like the policy they hold it to."""
