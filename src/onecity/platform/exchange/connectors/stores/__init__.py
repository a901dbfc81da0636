"""Where files lie: folders, object stores, other machines. One contract, so that each format is read and written once."""
