"""From photographs to <model>.onnx and <model>.int8.onnx in one command; resumes from the checkpoint in --work.

python3 models/training/train.py --model fine --photos ../shared/training-photos --work <dir>
"""
import argparse
import copy
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import torch

import onnx_file
import quantize
from dataset import Crops
from network import UNIT, CoreNet, Exact, base_cells, cells_from_planes
from recipes import RECIPES

WARM_UP = 800  # steps
CHROMA_WEIGHT = 0.35
TOLERANCE = 1 / UNIT  # a code: crops that are nearer than that count little
BORDER, BORDER_WEIGHT = 4, 0.25  # a crop's edge lacks its surroundings; a frame's edge does too, so it counts a little


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, choices=RECIPES)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--start", help="begin with the weights of this file; further pairs begin as identity")
    parser.add_argument("--pace", type=float, default=1, help="multiplies the minutes of all phases")
    parser.add_argument("--clips", type=int, default=2900, help="clips of sharp originals")
    parser.add_argument("--soft-clips", type=int, default=400, help="clips of softened originals")
    parser.add_argument("--ramp-clips", type=int, default=80, help="clips of slow ramps")
    parser.add_argument("--first-clips", type=int, default=300, help="start training when this many exist")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bfloat", action="store_true", help="hidden layers in bfloat16 until the int8 phase")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--output", help="folder of the results (default: the work folder)")
    return parser.parse_args()


def start_producer(options):
    """Clips come from a second process, so that training starts on the first few hundred."""
    script = Path(__file__).with_name("clips.py")
    counts = [str(count) for count in (options.clips, options.soft_clips, options.ramp_clips)]
    return subprocess.Popen([sys.executable, str(script), options.photos, options.work, *counts])


def rms(error, weight):
    """Mean of the crops' rms errors. Within a crop, as in PSNR, large errors count more than small ones; a smooth crop
    counts as much as a busy one. Going on with it instead of mean absolute errors gave `fast` 0.13 to 0.25 dB."""
    return ((error**2 * weight).mean(dim=(1, 2, 3)) + TOLERANCE**2).sqrt().mean()


class Trainer:
    def __init__(self, options):
        self.options, self.recipe = options, RECIPES[options.model]
        self.net = self.first_net().to(options.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        self.step, self.elapsed = 0, 0.0
        self.steps = None  # units of the int8 values, once that phase has begun
        self.optimizer = self.new_optimizer()
        self.file = Path(options.work, f"{options.model}.pt")
        self.weight = self.border_weight(self.recipe.cells).to(options.device)
        if self.file.exists():
            self.restore()

    def first_net(self):
        recipe = self.recipe
        net = CoreNet(recipe.channels, recipe.chroma_channels, recipe.pairs)
        if self.options.start:
            net.take_over(onnx_file.restore(self.options.start))
        return net

    def new_optimizer(self):
        decay = [p for p in self.net.parameters() if p.dim() > 1]
        rest = [p for p in self.net.parameters() if p.dim() == 1]
        return torch.optim.AdamW([{"params": decay, "weight_decay": 1e-2}, {"params": rest, "weight_decay": 0}],
                                 betas=(0.9, 0.99))

    @staticmethod
    def border_weight(cells):
        weight = torch.full((1, 1, cells, cells), BORDER_WEIGHT)
        weight[:, :, BORDER:-BORDER, BORDER:-BORDER] = 1
        return weight / weight.mean()

    def restore(self):
        state = torch.load(self.file, map_location=self.options.device)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.elapsed, self.steps = state["step"], state["elapsed"], state["steps"]

    def store(self):
        partial = self.file.with_suffix(".tmp")
        torch.save({"net": self.net.state_dict(), "average": self.average.state_dict(), "steps": self.steps,
                    "optimizer": self.optimizer.state_dict(), "step": self.step, "elapsed": self.elapsed}, partial)
        partial.replace(self.file)
        stem = Path(self.options.output or self.options.work, self.options.model)
        if self.steps is None:
            onnx_file.save(self.average, stem.with_suffix(".onnx"))
        else:
            onnx_file.save_int8(self.average, self.steps, stem.with_suffix(".int8.onnx"))

    def phase(self):
        """The current phase and how much of it is done, 0..1; None at the end. It goes by the clock: a slower or paused
        machine still lands on time."""
        minutes = self.elapsed / 60
        for phase in self.recipe.phases:
            length = phase.minutes * self.options.pace
            if minutes < length:
                return phase, minutes / length
            minutes -= length
        return None

    def rate(self, phase, done):
        fall = (1 + math.cos(math.pi * done)) / 2
        return min(1, (self.step + 1) / WARM_UP) * (phase.last_rate + (phase.rate - phase.last_rate) * fall)

    def loss(self, y, c, target_y, target_c):
        with torch.no_grad():
            base_y, base_c = base_cells(y, c)
            cells_y, cells_c = cells_from_planes(target_y, target_c)
            wanted_y, wanted_c = (cells_y - base_y) / UNIT, (cells_c - base_c) / UNIT
        got_y, got_c = self.net(y, c)
        error_y, error_c = rms(got_y - wanted_y, self.weight), rms(got_c - wanted_c, self.weight)
        return error_y + CHROMA_WEIGHT * error_c, torch.stack([error_y, error_c]).detach()

    def train_step(self, batch, rate):
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss, errors = self.loss(*(part.to(self.options.device) for part in batch))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 0.5)
        self.optimizer.step()
        self.net.project()
        self.follow(min(0.999, (self.step + 1) / (self.step + 10)))
        self.step += 1
        return errors

    @torch.no_grad()
    def follow(self, keep):
        for mean, now in zip(self.average.parameters(), self.net.parameters()):
            mean.lerp_(now, 1 - keep)

    def prepare(self, phase, crops):
        """Sets the network up for a phase; the int8 one goes on from the averaged weights."""
        crops.shares = {"soft": phase.soft_share, "ramp": phase.ramp_share}
        self.net.bfloat = self.options.bfloat and not phase.int8
        if phase.int8 and self.steps is None:
            self.net.load_state_dict(self.average.state_dict())
            self.steps = quantize.calibrate(self.average, quantize.calibration_batches(crops))
            self.optimizer = self.new_optimizer()
        self.net.hooks = quantize.Rounded(self.steps) if phase.int8 else Exact()

    def run(self, crops):
        begun, before, errors, current = time.monotonic(), self.elapsed, [], None
        while (now := self.phase()) is not None:
            phase, done = now
            if phase is not current:
                self.prepare(phase, crops)
                current = phase
            rate = self.rate(phase, done)
            errors.append(self.train_step(crops.batch(self.recipe.batch), rate))
            self.elapsed = before + time.monotonic() - begun
            if self.step % 500 == 0:
                mean = (torch.stack(errors).mean(0) * UNIT).tolist()
                print(f"{time.strftime('%H:%M:%S')} step {self.step} clips {crops.refresh()} "
                      f"luma {mean[0]:.3f} chroma {mean[1]:.3f} codes, rate {rate:.2e}", flush=True)
                errors = []
                self.store()
        self.store()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    Path(options.work).mkdir(parents=True, exist_ok=True)
    Path(options.work, "pid").write_text(str(os.getpid()))
    producer = start_producer(options)
    trainer = Trainer(options)
    crops = Crops(options.work, trainer.recipe.cells, (options.seed, trainer.step))
    while crops.refresh()["sharp"] < min(options.first_clips, options.clips) and producer.poll() is None:
        time.sleep(2)
    trainer.run(crops)
    producer.wait()


if __name__ == "__main__":
    main()
