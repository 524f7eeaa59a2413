"""Which phone model scores: a folder that was named, the one that was chosen, or the built-in one."""

from pathlib import Path

from trainer.speech.acoustic import AcousticModel, PhoneModel


def phone_model(folder: Path | None = None, threads: int | None = None) -> PhoneModel:
    """A folder with a `config.json` holds a model of Hugging Face's transformers, one with a `model.toml` our own.

    Raises UserError where the chosen model is no longer installed.
    """
    from trainer.models.installed import phones_folder
    from trainer.speech import hub

    folder = folder or phones_folder()
    if folder and hub.is_model(folder):
        return hub.HubModel(folder, threads)
    return AcousticModel(folder, threads)
