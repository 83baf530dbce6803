"""The core network: a residual over an analytic base, one cell (2x2 input luma, one chroma sample) at a time."""
import torch
from torch import nn
from torch.nn import functional as F

UNIT = 256.0  # codes per network unit: keeps hidden values near 1 (and inside fp16 after export)
BIAS_CEILING = -1e-3  # stem units; swallows the rounding of low-precision runtimes on flat input


def catmull_rom(distance):
    d = abs(distance)
    if d < 1:
        return 1.5 * d**3 - 2.5 * d**2 + 1
    return -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2 if d < 2 else 0.0


def luma_base_kernel():
    """(16, 1, 6, 6): 2x Catmull-Rom at half-pixel centres for the 4x4 output pixels of a cell."""
    rows = torch.tensor([[catmull_rom(tap - ((r + 0.5) / 2 - 0.5)) for tap in range(-2, 4)] for r in range(4)])
    return torch.einsum("ra,cb->rcab", rows, rows).reshape(16, 1, 6, 6)


def quadratic_taps(t):
    return [t * (t - 1) / 2, 1 - t * t, t * (t + 1) / 2]


def chroma_base_kernel():
    """(16, 1, 3, 3): left-sited 4:2:0 to 4:2:2 at 2x, 2 wide x 4 tall, Cb then Cr (use with groups=2)."""
    columns = torch.tensor([quadratic_taps(t) for t in (-0.125, 0.375)])
    rows = torch.tensor([quadratic_taps(t) for t in (-0.375, -0.125, 0.125, 0.375)])
    return torch.einsum("ra,cb->rcab", rows, columns).reshape(8, 1, 3, 3).repeat(2, 1, 1, 1)


def base_cells(y, c):
    luma = F.conv2d(y, luma_base_kernel().to(y), stride=2)
    return luma, F.conv2d(c, chroma_base_kernel().to(c), groups=2)


def zero_sum(weight):
    """Per input plane, so that constant luma and constant chroma each give exactly nothing."""
    return weight - weight.mean(dim=(2, 3), keepdim=True)


class Exact:
    """Hook for the values and weights that may be rounded: leaves them as they are."""

    def value(self, name, value):
        return value

    def weight(self, weight):
        return weight


class CoreNet(nn.Module):
    """stem, one plain layer, residual pairs, two heads; every activation is ReLU, so flat input stays zero.

    Chroma branches off before the last pair: otherwise it takes half of the last layer's channels from luma."""

    def __init__(self, channels=32, chroma_channels=16, pairs=3):
        super().__init__()
        self.channels, self.pairs = channels, pairs
        self.hooks = Exact()
        self.bfloat = False  # hidden layers in bfloat16: half the time of a training step where the processor has it
        self.stem_y = nn.Conv2d(1, channels, 6, stride=2, bias=False)
        self.stem_c = nn.Conv2d(2, channels, 3, bias=False)
        self.stem_bias = nn.Parameter(torch.full((channels,), BIAS_CEILING))
        self.hidden = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(1 + 2 * pairs))
        self.head_y = nn.Conv2d(channels, 16, 3, padding=1, bias=False)
        self.tail_c = nn.Conv2d(channels, chroma_channels, 3, padding=1)
        self.head_c = nn.Conv2d(chroma_channels, 16, 3, padding=1, bias=False)
        self.reset()

    def reset(self):
        for index, layer in enumerate([*self.hidden, self.tail_c]):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
            if layer is not self.tail_c and index and index % 2 == 0:  # the layer that closes a residual pair starts small
                layer.weight.data.mul_(0.3)
        # A quarter of the stem starts on chroma: luma is so much busier that chroma would never get a channel.
        self.stem_y.weight.data[-self.channels // 4:] *= 0.05
        self.stem_c.weight.data[-self.channels // 4:] *= 4
        self.head_y.weight.data.mul_(0.1)
        self.head_c.weight.data.mul_(0.3)

    def forward(self, y, c):
        """y, c in codes, padded. Returns luma and chroma residual cells in network units."""
        x = F.conv2d(y / UNIT, zero_sum(self.stem_y.weight), stride=2)
        x = x + F.conv2d(c / UNIT, zero_sum(self.stem_c.weight))
        x = F.relu(x + self.stem_bias.view(1, -1, 1, 1))
        with torch.autocast(y.device.type, dtype=torch.bfloat16, enabled=self.bfloat):
            luma, chroma = self.trunk(x.bfloat16() if self.bfloat else x)
        return self.head_y(luma.float()), self.head_c(chroma.float())

    def trunk(self, x):
        """The layers that int8 rounds. Names of values are those of the exported file."""
        keep = self.hooks.value
        x = keep("layer0", F.relu(self.layer(self.hidden[0], keep("stem", x))))
        for pair in range(self.pairs):
            first, second = 1 + 2 * pair, 2 + 2 * pair
            if pair == self.pairs - 1:
                chroma = keep("chroma_layer", F.relu(self.layer(self.tail_c, x)))
            inner = keep(f"layer{first}", F.relu(self.layer(self.hidden[first], x)))
            x = keep(f"layer{second}", F.relu(keep(f"conv{second}", self.layer(self.hidden[second], inner)) + x))
        return x, chroma

    def layer(self, conv, x):
        return F.conv2d(x, self.hooks.weight(conv.weight), conv.bias, padding=1)

    @torch.no_grad()
    def take_over(self, other):
        """Starts from another network's weights; pairs that it has not got change nothing at first."""
        state, mine = other.state_dict(), self.state_dict()
        added = 2 * (self.pairs - other.pairs)
        for name, value in state.items():
            kind, _, rest = name.partition(".")
            index = int(rest.split(".")[0]) if kind == "hidden" else 0
            # Chroma leaves before the last pair, so the new ones come before that.
            moved = f"hidden.{index + added}.{rest.split('.')[1]}" if index >= 2 * other.pairs - 1 else name
            mine[moved].copy_(value)
        for index in range(2 * other.pairs, 2 * self.pairs - 1, 2):
            mine[f"hidden.{index}.weight"].zero_()

    @torch.no_grad()
    def project(self):
        """Keeps the flat-exact constraint after an optimiser step: no bias may switch a silent channel on."""
        self.stem_bias.clamp_(max=BIAS_CEILING)
        for layer in [*self.hidden, self.tail_c]:
            layer.bias.clamp_(max=0)


def cells_from_planes(luma, chroma):
    """(N,1,4h,4w) and (N,2,4h,2w) to cells, the layout of the network's outputs."""
    n, _, height, width = luma.shape
    h, w = height // 4, width // 4
    y = luma.reshape(n, h, 4, w, 4).permute(0, 2, 4, 1, 3).reshape(n, 16, h, w)
    c = chroma.reshape(n, 2, h, 4, w, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 16, h, w)
    return y, c


def planes_from_cells(y, c):
    n, _, h, w = y.shape
    luma = y.reshape(n, 4, 4, h, w).permute(0, 3, 1, 4, 2).reshape(n, 1, 4 * h, 4 * w)
    chroma = c.reshape(n, 2, 4, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, 2, 4 * h, 2 * w)
    return luma, chroma
