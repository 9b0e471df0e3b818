"""Moderation over HTTP: keys, reviews, decisions, feedback.

`views` states every address with its scope, input, output and status; `endpoint` makes routes and their description of
that; `desk` does the work on the store and is imported on first use.
"""
