"""What other programs and papers publish on speechocean762, to stand beside our figures. Read on 22 November 2026.

They were measured on its test half, each by its authors, and not always on all of it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """plain: without human labels in training."""

    name: str
    measure: str
    value: float
    plain: bool = False


PUBLISHED = (
    Published("one expert against the others", "phone_pcc", 0.574),
    Published("MuFFIN / HMamba", "phone_pcc", 0.742),
    Published("GOP-SF + GOPT (2507.16838)", "phone_pcc", 0.648),
    Published("GOPT (Gong 2022)", "phone_pcc", 0.612),
    Published("Kaldi GOP, SVR", "phone_pcc", 0.45),
    Published("proscor, xlsr-53 GOP-SF", "phone_pcc", 0.472, plain=True),
    Published("GOP-SF, polynomial (2507.16838)", "phone_pcc", 0.450, plain=True),
    Published("Kaldi GOP", "phone_pcc", 0.25, plain=True),
    Published("Azure", "word_accuracy_pcc", 0.623),
    Published("one expert against the others", "word_total_pcc", 0.717),
    Published("MuFFIN / HMamba", "word_total_pcc", 0.718),
    Published("one expert against the others", "word_stress_pcc", 0.299),
    Published("openpronounce 0.3.0", "word_flag_precision", 0.196),
    Published("openpronounce 0.3.0", "word_flag_recall", 0.732),
    Published("openpronounce 0.3.0", "word_flag_f1", 0.309),
    Published("one expert against the others", "utterance_total_pcc", 0.846),
    Published("MuFFIN / HMamba", "utterance_total_pcc", 0.830),
    Published("Azure", "utterance_total_pcc", 0.782),
    Published("GOPT (Gong 2022)", "utterance_total_pcc", 0.742),
    Published("openpronounce 0.3.0 (500 clips)", "utterance_total_pcc", 0.633),
    Published("one expert against the others", "utterance_fluency_pcc", 0.804),
    Published("one expert against the others", "utterance_prosodic_pcc", 0.799),
)


def beside(measure: str, *, plain: bool) -> tuple[Published, ...]:
    """Published values of a measure: of systems without human labels, or of all."""
    return tuple(peer for peer in PUBLISHED if peer.measure == measure and (peer.plain or not plain))
