"""A trained network as int8: calibrates on real frames and writes the file that CPUs with integer dot products run.
Training ends with a phase that rounds the same way and makes up for most of the loss (train.py); alone, without it:

python3 models/training/quantize.py --work <folder of clips> --model models/fast.onnx --output fast.int8.onnx

The hidden layers become QLinearConv with one weight scale per output channel and unsigned activations, whose zero point
of 0 makes the rounding do the work of ReLU. Stem, heads and base stay float. Weights may use all 8 bits: an engine on a
processor whose 8-bit products saturate finds out by its own comparison and stays with fp32.
"""
import argparse

import numpy as np
import torch

import onnx_file
from dataset import Crops
from network import Exact

LEVELS = 255
CALIBRATION_CROPS = 192
# Shares of the largest value seen that are tried as the end of the scale.
CLIPS = np.concatenate([np.linspace(0.15, 0.5, 15), np.linspace(0.52, 1.0, 25)])


def is_signed(name):
    """Values before an addition; all others come from ReLU."""
    return name.startswith("conv")


def best_step(name, values):
    """The step that loses least (mean squared error) on the values seen."""
    low, high = (-128, 127) if is_signed(name) else (0, LEVELS)
    steps = [share * float(values.abs().max()) / high for share in CLIPS]
    errors = [float(((torch.clamp(torch.round(values / step), low, high) * step - values)**2).mean()) for step in steps]
    return steps[int(np.argmin(errors))]


class Observer(Exact):
    """Keeps a sample of what each named value takes on."""

    def __init__(self, seed=5):
        self.rng = np.random.default_rng(seed)
        self.seen = {}

    def value(self, name, value):
        flat = value.detach().flatten()
        self.seen.setdefault(name, []).append(flat[torch.from_numpy(self.rng.integers(0, flat.numel(), 60_000))])
        return value


def calibrate(net, batches):
    """Runs the float network and returns the steps of all values that become 8-bit."""
    net.hooks = observer = Observer()
    with torch.no_grad():
        for y, c in batches:
            net(y, c)
    net.hooks = Exact()
    return {name: best_step(name, torch.cat(parts)) for name, parts in observer.seen.items()}


def calibration_batches(crops):
    for _ in range(CALIBRATION_CROPS // 16):
        y, c, _, _ = crops.batch(16)
        yield y, c


def pass_through(rounded, value):
    """Forward the rounded value, backward as if nothing had been rounded."""
    return value + (rounded - value).detach()


class Rounded(Exact):
    """Rounds as the int8 file does, so that training can make up for it. Clipped values get no gradient."""

    def __init__(self, steps):
        self.steps = steps

    def value(self, name, value):
        step = self.steps[name]
        low, high = (-128, 127) if is_signed(name) else (0, LEVELS)
        inside = value.clamp(low * step, high * step)
        return pass_through(torch.round(inside / step) * step, inside)

    def weight(self, weight):
        scale = (weight.detach().abs().amax(dim=(1, 2, 3), keepdim=True) / 127).clamp(min=1e-8)
        return pass_through(torch.round(weight / scale) * scale, weight)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    net = onnx_file.restore(options.model)
    crops = Crops(options.work, 32, (99, 1))
    crops.refresh()
    crops.shares = {"soft": 0.3, "ramp": 0.05}
    steps = calibrate(net, calibration_batches(crops))
    onnx_file.save_int8(net, steps, options.output)


if __name__ == "__main__":
    main()
