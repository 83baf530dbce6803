"""Makes the checkpoints of this folder and what PyTorch computes with them: `python3 make.py` (torch 1.13).

The layers have the names and the order of the published networks, the sizes are as small as they can be.
"""

import base64
import json
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

FOLDER = Path(__file__).parent


class Compact(nn.Module):
    def __init__(self, features, convolutions, scale):
        super().__init__()
        self.scale = scale
        layers = [nn.Conv2d(3, features, 3, 1, 1), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [nn.Conv2d(features, features, 3, 1, 1), nn.PReLU(features)]
        self.body = nn.ModuleList([*layers, nn.Conv2d(features, 3 * scale * scale, 3, 1, 1)])

    def forward(self, x):
        out = x
        for layer in self.body:
            out = layer(out)
        return F.pixel_shuffle(out, self.scale) + F.interpolate(x, scale_factor=self.scale, mode="nearest")


class Dense(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for i in range(1, 5):
            setattr(self, f"conv{i}", nn.Conv2d(features + (i - 1) * growth, growth, 3, 1, 1))
        self.conv5 = nn.Conv2d(features + 4 * growth, features, 3, 1, 1)

    def forward(self, x):
        seen = [x]
        for i in range(1, 5):
            seen.append(F.leaky_relu(getattr(self, f"conv{i}")(torch.cat(seen, 1)), 0.2))
        return self.conv5(torch.cat(seen, 1)) * 0.2 + x


class Block(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (Dense(features, growth) for _ in range(3))

    def forward(self, x):
        return self.rdb3(self.rdb2(self.rdb1(x))) * 0.2 + x


class Rrdb(nn.Module):
    def __init__(self, features, growth, blocks, unshuffle):
        super().__init__()
        self.unshuffle = unshuffle
        self.conv_first = nn.Conv2d(3 * unshuffle * unshuffle, features, 3, 1, 1)
        self.body = nn.Sequential(*(Block(features, growth) for _ in range(blocks)))
        for name in ["conv_body", "conv_up1", "conv_up2", "conv_hr"]:
            setattr(self, name, nn.Conv2d(features, features, 3, 1, 1))
        self.conv_last = nn.Conv2d(features, 3, 3, 1, 1)

    def forward(self, x):
        features = self.conv_first(F.pixel_unshuffle(x, self.unshuffle))
        features = features + self.conv_body(self.body(features))
        for layer in [self.conv_up1, self.conv_up2]:
            features = F.leaky_relu(layer(F.interpolate(features, scale_factor=2, mode="nearest")), 0.2)
        return self.conv_last(F.leaky_relu(self.conv_hr(features), 0.2))


def floats(tensor):
    return {"dims": list(tensor.shape), "floats": base64.b64encode(tensor.numpy().tobytes()).decode()}


def write(name, network, picture, key, half=False):
    for parameter in network.parameters():
        # As if trained: PyTorch starts every slope of a PReLU at the same value.
        parameter.data += 0.1 * torch.randn_like(parameter)
        if half:
            parameter.data = parameter.data.half().float()
    with torch.no_grad():
        expected = network(picture)
    state = network.state_dict()
    if half:
        state = OrderedDict((name, tensor.half()) for name, tensor in state.items())
    torch.save(state if key is None else {key: state}, FOLDER / f"{name}.pth")
    return {"picture": floats(picture), "expected": floats(expected)}


torch.manual_seed(7)
# Odd sizes where the network can take them.
small, even = torch.rand(1, 3, 5, 7), torch.rand(1, 3, 4, 6)
cases = {
    "compact-2x": write("compact-2x", Compact(4, 2, 2), small, "params"),
    "compact-4x": write("compact-4x", Compact(4, 1, 4), small, None),
    "rrdb-4x": write("rrdb-4x", Rrdb(3, 2, 1, 1), small, "params_ema"),
    "rrdb-2x": write("rrdb-2x", Rrdb(3, 2, 1, 2), even, "params_ema", half=True),
}
(FOLDER / "expected.json").write_text(json.dumps(cases, indent=2) + "\n")
