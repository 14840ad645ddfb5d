"""The sample county (docs/sample.md): `build.make_county` makes it, `build.more_needs` adds open needs."""
