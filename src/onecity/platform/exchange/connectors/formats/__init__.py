"""File formats: rows out of files, files out of rows, wherever the files lie."""
