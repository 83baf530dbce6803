"""From photographs to models/fast.onnx in one command; resumes from the checkpoint in --work.
Two schedules: the main one on sharp originals, then a shorter one that mixes in soft ones.

python3 models/training/train.py --photos ../shared/training-photos --work <dir>
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
from dataset import Crops
from network import UNIT, CoreNet, base_cells, cells_from_planes

WARM_UP = 800  # steps
CHROMA_WEIGHT = 0.35
SOFTNESS = 0.5 / UNIT  # Charbonnier, half a 10-bit code: small errors in skies and chroma still count
BORDER, BORDER_WEIGHT = 4, 0.25  # a crop's edge lacks its surroundings; a frame's edge does too, so it counts a little


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--minutes", type=float, default=88, help="wall-clock length of the main schedule")
    parser.add_argument("--clips", type=int, default=700, help="clips of sharp originals")
    parser.add_argument("--soft-clips", type=int, default=220, help="clips of softened originals")
    parser.add_argument("--soft-minutes", type=float, default=20, help="second schedule, with soft originals; 0: none")
    parser.add_argument("--soft-share", type=float, default=0.5, help="share of a batch from soft originals")
    parser.add_argument("--soft-rate", type=float, default=4e-4, help="peak rate of the second schedule")
    parser.add_argument("--soft-extend", type=float, default=1.3,
                        help="final weights lie this far along the line from the main to the second schedule; 1: at its end")
    parser.add_argument("--first-clips", type=int, default=300, help="start training when this many exist")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--cells", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1.8e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--output", default=None, help="where to write the ONNX file (default: <work>/fast.onnx)")
    return parser.parse_args()


def start_producer(options):
    """Clips come from a second process, so that training starts on the first few hundred."""
    script = Path(__file__).with_name("clips.py")
    command = [sys.executable, str(script), options.photos, options.work, str(options.clips), str(options.soft_clips)]
    return subprocess.Popen(command)


def cosine(done, floor):
    return floor + (1 - floor) * (1 + math.cos(math.pi * min(1.0, done))) / 2


class Trainer:
    def __init__(self, options):
        self.options = options
        self.net = CoreNet().to(options.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        decay = [p for p in self.net.parameters() if p.dim() > 1]
        rest = [p for p in self.net.parameters() if p.dim() == 1]
        self.optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 1e-4},
                                            {"params": rest, "weight_decay": 0}], lr=options.rate, betas=(0.9, 0.99))
        self.step, self.elapsed = 0, 0.0
        self.sharp = None  # averaged weights at the end of the main schedule
        self.file = Path(options.work, "checkpoint.pt")
        self.weight = self.border_weight(options.cells).to(options.device)
        if self.file.exists():
            self.restore()

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
        self.step, self.elapsed, self.sharp = state["step"], state["elapsed"], state.get("sharp")

    def store(self):
        partial = self.file.with_suffix(".tmp")
        torch.save({"net": self.net.state_dict(), "average": self.average.state_dict(),
                    "optimizer": self.optimizer.state_dict(), "step": self.step, "elapsed": self.elapsed,
                    "sharp": self.sharp}, partial)
        partial.replace(self.file)
        onnx_file.save(self.extended(), self.options.output or Path(self.options.work, "fast.onnx"))

    def extended(self):
        """The averaged network, moved on along the way it took through the second schedule."""
        if self.sharp is None:
            return self.average
        net = copy.deepcopy(self.average)
        net.load_state_dict({k: torch.lerp(v, self.average.state_dict()[k], self.options.soft_extend)
                             for k, v in self.sharp.items()})
        net.project()
        return net

    def rate(self):
        """Cosine over the wall clock: a slower or paused machine still lands on time."""
        options, minutes = self.options, self.elapsed / 60
        if self.softening():
            return options.soft_rate * cosine((minutes - options.minutes) / max(options.soft_minutes, 1e-9), 0.02)
        return options.rate * min(1, (self.step + 1) / WARM_UP) * cosine(minutes / options.minutes, 0.002)

    def softening(self):
        return self.elapsed >= self.options.minutes * 60

    def loss(self, y, c, target_y, target_c):
        with torch.no_grad():
            base_y, base_c = base_cells(y, c)
            cells_y, cells_c = cells_from_planes(target_y, target_c)
            wanted_y, wanted_c = (cells_y - base_y) / UNIT, (cells_c - base_c) / UNIT
        got_y, got_c = self.net(y, c)
        error_y = (((got_y - wanted_y)**2 + SOFTNESS**2).sqrt() * self.weight).mean()
        error_c = (((got_c - wanted_c)**2 + SOFTNESS**2).sqrt() * self.weight).mean()
        return error_y + CHROMA_WEIGHT * error_c, torch.stack([error_y, error_c]).detach()

    def train_step(self, batch):
        rate = self.rate()
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

    def run(self, crops):
        begun, before, total, counted = time.monotonic(), self.elapsed, torch.zeros(2), 0
        while self.elapsed < (self.options.minutes + self.options.soft_minutes) * 60:
            if self.softening() and self.sharp is None:
                self.sharp = copy.deepcopy(self.average.state_dict())
            crops.soft_share = self.options.soft_share if self.softening() else 0
            total += self.train_step(crops.batch(self.options.batch))
            counted += 1
            self.elapsed = before + time.monotonic() - begun
            if self.step % 500 == 0:
                count = crops.refresh()
                print(f"{time.strftime('%H:%M:%S')} step {self.step} clips {count} soft {crops.soft_share} "
                      f"luma, chroma error {(total / counted * UNIT).tolist()} codes rate {self.rate():.2e}", flush=True)
                total, counted = torch.zeros(2), 0
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
    crops = Crops(options.work, options.cells, (options.seed, trainer.step))
    while crops.refresh()[0] < min(options.first_clips, options.clips) and producer.poll() is None:
        time.sleep(2)
    trainer.run(crops)
    producer.wait()


if __name__ == "__main__":
    main()
