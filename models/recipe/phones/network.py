"""The bilingual phone network: Whisper's encoder with one linear CTC head per language and one for both, and a small
network beside it that tells the sound of every hundredth of a second.

Encoder of Whisper base (Radford et al., 2022, arXiv 2212.04356), run on unpadded input. Training and export only: the
program itself runs the exported ONNX graph.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MEL_BANDS = 80
MAX_FRAMES = 1500  # 30 s at 50 frames a second: the length of Whisper's position table
HALFWAY = 3  # layers


class EncoderLayer(nn.Module):
    """Pre-norm transformer layer; queries, keys and values are one fused projection."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.f1, self.f2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        batch, frames, width = x.shape
        qkv = self.qkv(self.ln1(x)).view(batch, frames, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.o(attended.transpose(1, 2).reshape(batch, frames, width))
        return x + self.f2(F.gelu(self.f1(self.ln2(x))))


class PhoneNetwork(nn.Module):
    """Log-mel frames (100 a second) to log-posteriors over phones (50 a second), class 0 the CTC blank.

    classes: how many, by head; placed: likewise, of the output of every hundredth of a second."""

    def __init__(
        self, classes: dict[str, int], placed: int = 0, width: int = 512, heads: int = 8, layers: int = 6
    ) -> None:
        super().__init__()
        self.c1 = nn.Conv1d(MEL_BANDS, width, 3, padding=1)
        self.c2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.pos = nn.Parameter(torch.zeros(MAX_FRAMES, width), requires_grad=False)
        self.layers = nn.ModuleList(EncoderLayer(width, heads) for _ in range(layers))
        self.ln = nn.LayerNorm(width)
        self.heads = nn.ModuleDict({language: nn.Linear(width, n) for language, n in classes.items()})
        self.hundredths = FrameNetwork(placed, width) if placed else None

    def encode(self, mel: Tensor, mask: Tensor | None = None) -> Tensor:
        """Mel [batch, 80, T] -> hidden [batch, ceil(T / 2), width]."""
        return self.encoded(mel, mask)[1]

    def encoded(self, mel: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """What lies halfway up, and the hidden layer."""
        x = F.gelu(self.c2(F.gelu(self.c1(mel)))).transpose(1, 2)
        x = x + self.pos[: x.shape[1]]
        for n, layer in enumerate(self.layers):
            x = layer(x, mask)
            if n + 1 == HALFWAY:
                halfway = x
        return halfway, self.ln(x)

    def forward(self, mel: Tensor) -> tuple[Tensor, ...]:
        """Mel [batch, 80, T] -> [batch, ceil(T / 2), classes] of log-posteriors by each head, [batch, T, classes] of
        every hundredth of a second where the network tells, and the hidden layer [batch, ceil(T / 2), width]."""
        halfway, hidden = self.encoded(mel)
        fine = [self.hundredths(mel, halfway, hidden)] if self.hundredths else []
        return (*(head(hidden).log_softmax(-1) for head in self.heads.values()), *fine, hidden)


class FrameNetwork(nn.Module):
    """What sounds in every hundredth of a second, 100 a second, class 0 being silence: from the frames of the mel
    themselves, which know best when, and from the encoder, halfway up and at its end, which knows best what."""

    def __init__(self, classes: int, width: int = 512, inner: int = 192) -> None:
        super().__init__()
        self.width = width
        self.near = nn.Conv1d(MEL_BANDS, inner, 5, padding=2)
        self.halfway, self.far = (nn.Conv1d(width, 2 * inner, 1) for _ in range(2))
        self.around = nn.ModuleList(nn.Conv1d(inner, inner, 5, padding=2) for _ in range(2))
        self.out = nn.Conv1d(inner, classes, 1)

    def forward(self, mel: Tensor, halfway: Tensor, hidden: Tensor) -> Tensor:
        """Mel [batch, 80, T] and two layers [batch, ceil(T / 2), width] -> log-posteriors [batch, T, classes]."""
        halfway = F.layer_norm(halfway, (self.width,))  # a few of its values are a hundred times the others
        deep = self.halfway(halfway.transpose(1, 2)) + self.far(hidden.transpose(1, 2))
        batch, twice, frames = deep.shape
        deep = deep.view(batch, twice // 2, 2, frames).transpose(2, 3).reshape(batch, twice // 2, 2 * frames)
        x = F.gelu(self.near(mel) + deep[..., : mel.shape[2]])
        for layer in self.around:
            x = x + F.gelu(layer(x))
        return self.out(x).transpose(1, 2).log_softmax(-1)
