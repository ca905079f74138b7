"""Public sets from local files, and search on them."""
