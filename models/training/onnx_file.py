"""Writes a CoreNet as ONNX, in fp32 or with int8 hidden layers, and reads it back, so that evaluation runs the shipped weights."""
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from network import UNIT, CoreNet, zero_sum

MAX_CODE = 1023
EXACT_INTEGERS = 2**24  # fp32 adds integers up to here without rounding, in any order


def exact_zero_sum(weight):
    """Rounds each filter to a power-of-two grid fine enough to matter not, and coarse enough that products with
    integer codes add up exactly: then zero-sum filters give exactly 0 on flat input in fp32."""
    weight = zero_sum(weight).double().numpy()
    out = np.zeros_like(weight)
    for index in np.ndindex(weight.shape[:2]):
        taps = weight[index]
        grid = 2.0 ** np.floor(np.log2(EXACT_INTEGERS / (MAX_CODE * 1.05 * np.abs(taps).sum() + 1e-12)))
        grid = min(grid, 2.0**30)
        whole = np.rint(taps * grid)
        order = np.argsort(-np.abs(taps).ravel())
        error = int(whole.sum())
        for k in order[:abs(error)]:  # spread the remainder, one step each, over the largest taps
            whole.ravel()[k] -= np.sign(error)
        out[index] = whole / grid
    return out.astype(np.float32)


def weights_for_export(net):
    state = {k: v.detach().float().cpu() for k, v in net.state_dict().items()}
    arrays = {k: v.numpy() for k, v in state.items() if not k.startswith(("stem_y", "stem_c", "head"))}
    arrays["stem_y.weight"] = exact_zero_sum(state["stem_y.weight"] / UNIT)
    arrays["stem_c.weight"] = exact_zero_sum(state["stem_c.weight"] / UNIT)
    for head in ("head_y.weight", "head_c.weight"):
        arrays[head] = (state[head] * UNIT).numpy()
    return arrays


def conv(inputs, output, kernel, stride=1, pad=0):
    return helper.make_node("Conv", inputs, [output], name=output, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                            pads=[pad] * 4)


def relu(source, output):
    return helper.make_node("Relu", [source], [output], name=output)


def add(a, b, output):
    return helper.make_node("Add", [a, b], [output], name=output)


STEM = [conv(["y", "stem_y.weight"], "stem_luma", 6, stride=2), conv(["c", "stem_c.weight", "stem_bias"], "stem_chroma", 3),
        add("stem_luma", "stem_chroma", "stem_sum"), relu("stem_sum", "stem")]


def heads(luma, chroma):
    return [conv([luma, "head_y.weight"], "y_cells", 3, pad=1), conv([chroma, "head_c.weight"], "c_cells", 3, pad=1)]


class FloatTrunk:
    """The hidden layers as they were trained."""

    def __init__(self):
        self.nodes = []

    def layer(self, weights, source, output):
        self.nodes += [conv([source, f"{weights}.weight", f"{weights}.bias"], f"{output}_sum", 3, pad=1),
                       relu(f"{output}_sum", output)]

    def closing_layer(self, weights, source, skip, output):
        name = output.replace("layer", "conv")
        self.nodes += [conv([source, f"{weights}.weight", f"{weights}.bias"], name, 3, pad=1),
                       add(name, skip, f"{output}_sum"), relu(f"{output}_sum", output)]


class Int8Trunk:
    """The hidden layers in 8 bits. `steps` are the units of the values in between; a zero point of 0 cuts off what is
    negative, which is ReLU. `QLinearAdd` is onnxruntime's own operator (com.microsoft)."""

    def __init__(self, steps, weights):
        self.nodes, self.arrays, self.steps, self.weights = [], {}, steps, weights
        self.arrays["zero"] = np.uint8(0)
        self.arrays["middle"] = np.uint8(128)
        for name, step in steps.items():
            self.arrays[f"{name}.step"] = np.float32(step)

    def enter(self, value):
        self.nodes.append(helper.make_node("QuantizeLinear", [value, f"{value}.step", "zero"], [f"{value}.codes"],
                                           name=f"{value}.codes"))

    def leave(self, value):
        self.nodes.append(helper.make_node("DequantizeLinear", [f"{value}.codes", f"{value}.step", "zero"],
                                           [f"{value}.float"], name=f"{value}.float"))
        return f"{value}.float"

    def layer(self, weights, source, output, zero="zero"):
        weight, bias = self.weights[f"{weights}.weight"], self.weights[f"{weights}.bias"]
        scale = np.maximum(np.abs(weight).max((1, 2, 3)) / 127, 1e-8).astype(np.float32)
        unit = scale * np.float32(self.steps[source])
        self.arrays[f"{weights}.codes"] = np.clip(np.rint(weight / scale[:, None, None, None]), -127, 127).astype(np.int8)
        self.arrays[f"{weights}.step"] = scale
        self.arrays[f"{weights}.zero"] = np.zeros(len(scale), np.int8)
        self.arrays[f"{weights}.bias"] = np.rint(bias / unit).astype(np.int32)
        inputs = [f"{source}.codes", f"{source}.step", "zero", f"{weights}.codes", f"{weights}.step", f"{weights}.zero",
                  f"{output}.step", zero, f"{weights}.bias"]
        self.nodes.append(helper.make_node("QLinearConv", inputs, [f"{output}.codes"], name=f"{output}.codes",
                                           kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4))

    def closing_layer(self, weights, source, skip, output):
        name = output.replace("layer", "conv")
        self.layer(weights, source, name, zero="middle")
        inputs = [f"{name}.codes", f"{name}.step", "middle", f"{skip}.codes", f"{skip}.step", "zero", f"{output}.step", "zero"]
        self.nodes.append(helper.make_node("QLinearAdd", inputs, [f"{output}.codes"], name=f"{output}.codes",
                                           domain="com.microsoft"))


def hidden_layers(trunk, pairs):
    """Adds them to the trunk; returns the names of the last luma and chroma values."""
    trunk.layer("hidden.0", "stem", "layer0")
    for pair in range(pairs):
        before, inner, after = f"layer{2 * pair}", f"layer{2 * pair + 1}", f"layer{2 * pair + 2}"
        if pair == pairs - 1:
            trunk.layer("tail_c", before, "chroma_layer")
        trunk.layer(f"hidden.{2 * pair + 1}", before, inner)
        trunk.closing_layer(f"hidden.{2 * pair + 2}", inner, before, after)
    return f"layer{2 * pairs}", "chroma_layer"


def save(net, path):
    trunk = FloatTrunk()
    ends = hidden_layers(trunk, net.pairs)
    write([*STEM, *trunk.nodes, *heads(*ends)], weights_for_export(net), path)


def save_int8(net, steps, path):
    arrays = weights_for_export(net)
    trunk = Int8Trunk(steps, arrays)
    trunk.enter("stem")
    ends = [trunk.leave(value) for value in hidden_layers(trunk, net.pairs)]
    outside = {k: v for k, v in arrays.items() if k.startswith(("stem", "head"))}
    write([*STEM, *trunk.nodes, *heads(*ends)], {**outside, **trunk.arrays}, path, int8=True)


def write(nodes, arrays, path, int8=False):
    def value(name, *dims):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(dims))
    inputs = [value("y", 1, 1, "luma_height", "luma_width"), value("c", 1, 2, "chroma_height", "chroma_width")]
    outputs = [value("y_cells", 1, 16, "cell_rows", "cell_columns"), value("c_cells", 1, 16, "cell_rows", "cell_columns")]
    tensors = [numpy_helper.from_array(np.ascontiguousarray(a).reshape(np.shape(a)), k) for k, a in arrays.items()]
    graph = helper.make_graph(nodes, "uprez_core", inputs, outputs, tensors)
    opsets = [helper.make_opsetid("", 13)] + ([helper.make_opsetid("com.microsoft", 1)] if int8 else [])
    model = helper.make_model(graph, opset_imports=opsets, producer_name="uprez")
    model.ir_version = 8
    model.doc_string = "Residual core network, 2x, luma cells and 4:2:2 chroma cells. MIT."
    onnx.checker.check_model(model)
    partial = Path(path).with_suffix(".tmp")
    onnx.save(model, str(partial))
    partial.replace(path)


def restore(path):
    """A CoreNet with the weights of a file that `save` wrote."""
    arrays = {a.name: numpy_helper.to_array(a) for a in onnx.load(str(path)).graph.initializer}
    pairs = (sum(name.startswith("hidden") for name in arrays) // 2 - 1) // 2
    net = CoreNet(len(arrays["stem_bias"]), len(arrays["tail_c.bias"]), pairs)
    scaled = {name: a * (UNIT if name.startswith("stem_") and name != "stem_bias" else 1) for name, a in arrays.items()}
    scaled |= {name: arrays[name] / UNIT for name in arrays if name.startswith("head")}
    net.load_state_dict({name: torch.from_numpy(a.copy()) for name, a in scaled.items()})
    return net


def load(path):
    """Returns run(y, c) -> residual luma and chroma cells in codes, computed by torch from the file's weights."""
    model = onnx.load(str(path))
    weights = {a.name: torch.from_numpy(numpy_helper.to_array(a).copy()) for a in model.graph.initializer}

    @torch.no_grad()
    def run(y, c):
        values = {**weights, "y": y, "c": c}
        for node in model.graph.node:
            args = [values[name] for name in node.input]
            values[node.output[0]] = run_node(node, args)
        return values["y_cells"], values["c_cells"]

    return run


def run_node(node, args):
    return OPERATORS[node.op_type](node, *args)


def run_conv(node, x, weight, bias=None):
    options = {a.name: list(a.ints) for a in node.attribute}
    return torch.nn.functional.conv2d(x, weight, bias, stride=options["strides"], padding=options["pads"][0])


def to_codes(value, step, zero):
    return torch.clamp(torch.round(value / step) + zero.float(), 0, 255)


def run_int8_conv(node, x, x_step, x_zero, weight, weight_step, _, out_step, out_zero, bias):
    """Sums of whole numbers up to 2^24 are exact in float32; real ones stay below."""
    total = run_conv(node, x - x_zero, weight.float(), bias.float())
    return to_codes(total * (x_step * weight_step).view(1, -1, 1, 1), out_step, out_zero)


def run_int8_add(_, a, a_step, a_zero, b, b_step, b_zero, out_step, out_zero):
    return to_codes((a.float() - a_zero) * a_step + (b.float() - b_zero) * b_step, out_step, out_zero)


OPERATORS = {
    "Conv": run_conv, "Add": lambda _, a, b: a + b, "Relu": lambda _, x: torch.relu(x),
    "QuantizeLinear": lambda _, x, step, zero: to_codes(x, step, zero),
    "DequantizeLinear": lambda _, x, step, zero: (x - zero.float()) * step,
    "QLinearConv": run_int8_conv, "QLinearAdd": run_int8_add,
}


def parameter_count(net):
    return sum(p.numel() for p in net.parameters())
