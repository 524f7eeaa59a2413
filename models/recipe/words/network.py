"""A small network for words: a factored TDNN (Povey et al., 2018) that hears 0.6 s back and 0.18 s ahead.

Batch norm stands before every ReLU, so that it folds into the affine part below; what is left is what Kaldi's nnet3
knows: spliced affine parts, ReLU and sums.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CEPSTRA = 40
NARROW = 256
SUBSAMPLING = 3  # 10 ms of features become 30 ms of output
# What a block looks at, in frames of 30 ms: the offsets of its bottleneck, then those of what it makes of it.
AHEAD = ((-1, 0), (0, 1))
BACK = ((-1, 0), (-1, 0))
BLOCKS = (AHEAD, BACK, AHEAD, BACK, AHEAD, BACK, AHEAD, BACK, AHEAD, BACK, BACK, BACK)


class Spliced(nn.Module):
    """An affine part over some frames of its input [batch, T, channels]; the edges are repeated."""

    def __init__(
        self, channels: int, out: int, offsets: tuple[int, ...], *, stride: int = 1, bias: bool = True
    ) -> None:  # fmt: skip
        super().__init__()
        self.offsets, self.stride = offsets, stride
        self.affine = nn.Linear(channels * len(offsets), out, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        frames, before, after = x.shape[1], max(0, -self.offsets[0]), max(0, self.offsets[-1])
        x = torch.cat([x[:, :1].expand(-1, before, -1), x, x[:, -1:].expand(-1, after, -1)], dim=1)
        starts = (before + offset for offset in self.offsets)
        return self.affine(torch.cat([x[:, start : start + frames : self.stride] for start in starts], dim=2))


class Norm(nn.BatchNorm1d):
    """Batch norm of all frames [batch, T, channels]."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(0, 1)).view_as(x)


class Block(nn.Module):
    def __init__(self, width: int, bottleneck: int, offsets: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
        super().__init__()
        self.narrow = Spliced(width, bottleneck, offsets[0], bias=False)
        self.wide = Spliced(bottleneck, width, offsets[1], bias=False)
        self.norm = Norm(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.relu(self.norm(self.wide(self.narrow(x))))


class WordNetwork(nn.Module):
    """MFCC [batch, T, 40] to log-posteriors [batch, ceil(T / 3), classes] of phones; class 0 is silence."""

    def __init__(self, classes: int, width: int = 320, bottleneck: int = 96) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(CEPSTRA))
        self.register_buffer("deviation", torch.ones(CEPSTRA))
        self.first = Spliced(CEPSTRA, NARROW, (-2, -1, 0, 1, 2))
        self.first_norm = Norm(NARROW)
        self.second = Spliced(NARROW, width, (-1, 0, 1), stride=SUBSAMPLING)
        self.second_norm = Norm(width)
        self.blocks = nn.ModuleList(Block(width, bottleneck, offsets) for offsets in BLOCKS)
        self.out = nn.Linear(width, classes)

    def forward(self, features: Tensor) -> Tensor:
        x = (features - self.mean) / self.deviation
        x = F.relu(self.first_norm(self.first(x)))
        x = F.relu(self.second_norm(self.second(x)))
        for block in self.blocks:
            x = block(x)
        return self.out(x).log_softmax(-1)
