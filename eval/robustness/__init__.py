"""How answers hold under noise, missing and altered documents, and other wordings."""
