"""Writes torch_weights.npz beside this script: a small network's weights under the names, and in
the layout, of a PyTorch state_dict. NumPy is all it needs.

    python3 -m venv venv
    venv/bin/pip install numpy==2.4.6
    venv/bin/python examples/data/make_torch_weights.py
"""

from pathlib import Path

import numpy as np

sizes = [4, 8, 8, 3]
random = np.random.default_rng(4)

# torch.nn.Linear(inputs, outputs) keeps its weight as (outputs, inputs).
state_dict = {}
for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
    weight = random.standard_normal((outputs, inputs)) / np.sqrt(inputs)
    state_dict[f"layers.{i}.weight"] = weight.astype(np.float32)
    state_dict[f"layers.{i}.bias"] = random.standard_normal(outputs).astype(np.float32)

samples = random.standard_normal((5, sizes[0])).astype(np.float32)
values = samples
last = len(sizes) - 2
for i in range(last + 1):
    values = values @ state_dict[f"layers.{i}.weight"].T + state_dict[f"layers.{i}.bias"]
    if i < last:
        values = np.maximum(values, 0)

example = {"example.input": samples, "example.output": values}
np.savez(Path(__file__).with_name("torch_weights.npz"), **state_dict, **example)
