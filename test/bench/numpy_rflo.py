"""RFLO as one plainly writes it in NumPy: the peer that the actor engine is measured against.

    python3 test/bench/numpy_rflo.py PROBLEM.json [--repeats R]

PROBLEM.json is a problem file (rxflo-problem/1) without input, with algorithm "rflo", feedback "random" and schedule
"trial"; a golden file, which holds one, will do too. Prints JSON: what NumPy this is, milliseconds per trial of each
repeat (each starts anew from the problem's weights), and what was learned: loss per trial, w_rec, w_out.

Equations: Murray, eLife 8:e43299 (2019), with alpha = 1/tau.
"""

import argparse
import json
import os
import time

import numpy as np


def learn(problem):
    network, task, learning = problem["network"], problem["task"], problem["learning"]
    alpha = 1 / network["tau"]
    h0 = np.array(network["h0"], dtype=float)
    W = np.array(network["w_rec"], dtype=float)
    W_out = np.array(network["w_out"], dtype=float)
    B = np.array(network["feedback"], dtype=float)
    target = np.array(task["target"], dtype=float)
    T = len(target)
    losses = []

    start = time.perf_counter()
    for _ in range(learning["trials"]):
        h = h0
        p = np.zeros_like(W)
        dW = np.zeros_like(W)
        dW_out = np.zeros_like(W_out)
        loss = 0.0
        for t in range(T):
            h_before = h
            phi = np.tanh(W @ h_before)
            h = h_before + alpha * (phi - h_before)
            e = target[t] - W_out @ h
            p *= 1 - alpha
            p += np.outer(alpha * (1 - phi**2), h_before)
            dW += (B @ e)[:, None] * p
            dW_out += np.outer(e, h)
            loss += e @ e
        W += learning["rates"]["w_rec"] / T * dW
        W_out += learning["rates"]["w_out"] / T * dW_out
        losses.append(loss / (2 * T))
    seconds = time.perf_counter() - start

    return 1000 * seconds / learning["trials"], {"loss": losses, "w_rec": W.tolist(), "w_out": W_out.tolist()}


def blas():
    """The linear algebra library that NumPy loaded, where the system tells."""
    try:
        with open("/proc/self/maps") as maps:
            files = {os.path.realpath(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return None
    names = sorted(os.path.basename(file) for file in files if "blas" in file or "mkl" in file or "blis" in file)
    return names[0] if names else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem")
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()
    with open(arguments.problem) as file:
        problem = json.load(file)
    problem = problem.get("problem", problem)
    learning = problem["learning"]
    assert (learning["algorithm"], learning["feedback"], learning["schedule"]) == ("rflo", "random", "trial")
    assert not any(problem["network"]["w_in"]), "this loop has no input"

    milliseconds = []
    for _ in range(arguments.repeats):
        taken, learned = learn(problem)
        milliseconds.append(taken)
    print(json.dumps({"numpy": np.__version__, "blas": blas(), "milliseconds": milliseconds, **learned}))


if __name__ == "__main__":
    main()
