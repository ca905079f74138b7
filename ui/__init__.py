"""What staff see: the Gradio page. Nothing below this package knows it."""
