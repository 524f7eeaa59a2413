import pytest
from hypothesis import settings

from trainer.phrasebook.load import load
from trainer.scorer import Scorer
from trainer.speech.acoustic import AcousticModel

# Machines differ in speed: a property is never failed for its running time.
settings.register_profile("ruston", deadline=None)
settings.load_profile("ruston")


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The program's own model on the mission's phrasebook."""
    return Scorer(load(), AcousticModel())
