"""Writes a CoreNet as ONNX and reads it back, so that evaluation runs the shipped weights."""
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


def graph_nodes(pairs):
    nodes = [conv(["y", "stem_y.weight"], "stem_luma", 6, stride=2),
             conv(["c", "stem_c.weight", "stem_bias"], "stem_chroma", 3),
             add("stem_luma", "stem_chroma", "stem_sum"), relu("stem_sum", "stem")]

    def hidden(index, source, skip=None):
        weights = [f"hidden.{index}.weight", f"hidden.{index}.bias"]
        nodes.append(conv([source, *weights], f"conv{index}", 3, pad=1))
        if skip:
            nodes.append(add(f"conv{index}", skip, f"skip{index}"))
        nodes.append(relu(f"skip{index}" if skip else f"conv{index}", f"layer{index}"))
        return f"layer{index}"

    x = hidden(0, "stem")
    for pair in range(pairs):
        if pair == pairs - 1:
            nodes.append(conv([x, "tail_c.weight", "tail_c.bias"], "chroma_tail", 3, pad=1))
            nodes.append(relu("chroma_tail", "chroma_layer"))
        x = hidden(2 + 2 * pair, hidden(1 + 2 * pair, x), skip=x)
    nodes.append(conv([x, "head_y.weight"], "y_cells", 3, pad=1))
    nodes.append(conv(["chroma_layer", "head_c.weight"], "c_cells", 3, pad=1))
    return nodes


def save(net, path):
    def value(name, *dims):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(dims))
    inputs = [value("y", 1, 1, "luma_height", "luma_width"), value("c", 1, 2, "chroma_height", "chroma_width")]
    outputs = [value("y_cells", 1, 16, "cell_rows", "cell_columns"), value("c_cells", 1, 16, "cell_rows", "cell_columns")]
    arrays = [numpy_helper.from_array(np.ascontiguousarray(a), k) for k, a in weights_for_export(net).items()]
    graph = helper.make_graph(graph_nodes(net.pairs), "uprez_fast_core", inputs, outputs, arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="uprez")
    model.ir_version = 8
    model.doc_string = "Residual core network, 2x, luma cells and 4:2:2 chroma cells. MIT."
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


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
    if node.op_type == "Conv":
        options = {a.name: list(a.ints) for a in node.attribute}
        return torch.nn.functional.conv2d(*args, stride=options["strides"], padding=options["pads"][0])
    return args[0] + args[1] if node.op_type == "Add" else torch.relu(args[0])


def parameter_count(net=None):
    return sum(p.numel() for p in (net or CoreNet()).parameters())
