"""`python -m assistant` is `yiju`."""

from assistant.cli import main

main()
