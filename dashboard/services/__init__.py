"""One session in, core values out: the only floor that knows both core and db."""
