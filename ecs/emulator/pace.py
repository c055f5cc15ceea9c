"""How often health checks ask: as often as they say, or ten times as often, for who waits for them."""

is_quick = False


def interval(seconds):
    return max(0.5, seconds / 10) if is_quick else seconds
