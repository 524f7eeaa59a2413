from hypothesis import settings

# Machines differ in speed: a property is never failed for its running time.
settings.register_profile("ruston", deadline=None)
settings.load_profile("ruston")
