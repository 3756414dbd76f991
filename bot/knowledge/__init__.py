"""Questions and answers: articles with their sources, and the index that finds them."""
