"""How the built-in embedding model is made. Nothing here is needed to use it, and no wheel holds it."""
