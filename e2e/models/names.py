"""What is said about a name that does not exist."""

from difflib import get_close_matches


def unknown(name, names):
    close = get_close_matches(name, names, n=1)
    return f"does not exist; did you mean {close[0]}?" if close else "does not exist"
