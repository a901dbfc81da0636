"""Feeds and files of articles, read into one form."""
