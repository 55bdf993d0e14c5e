"""What every Python peer shares: the problem it reads, and the lines it answers.

    python3 PEER.py PROBLEM.json

PROBLEM.json is a problem file (rxflo-problem/1) without input. The peer prints one JSON line when it is ready, then answers
each line of its standard input with one of its own; both commands start anew from the problem's weights.

    learn K    K trials, then { loss, w_rec, w_out }: what was learned
    run K      K trials, then { milliseconds }: how long one of them took
"""

import json
import os
import sys
import time

import numpy as np


class Problem:
    """A problem's numbers, in the letters of the paper; `array` makes what a library calculates with."""

    def __init__(self, content, array):
        network, learning = content["network"], content["learning"]
        assert not any(network["w_in"]), "the peers have no input"
        self.algorithm, self.schedule = learning["algorithm"], learning["schedule"]
        assert learning["feedback"] == ("random" if self.algorithm == "rflo" else "symmetric")
        self.online = self.schedule == "online"
        self.alpha = 1 / network["tau"]
        self.rate, self.rate_out = learning["rates"]["w_rec"], learning["rates"]["w_out"]
        self.h0 = array(network["h0"])
        self.W = array(network["w_rec"])
        self.W_out = array(network["w_out"])
        self.B = array(network["feedback"])
        self.target = array(content["task"]["target"])
        self.T, self.N, self.n_out = len(self.target), len(self.W), len(self.W_out)


class Trials:
    """Learns trial by trial: trial(problem, W, W_out) changes the two matrices and returns the loss."""

    def __init__(self, problem, trial, copy):
        self.problem, self.trial, self.copy = problem, trial, copy

    def begin(self):
        self.W, self.W_out = self.copy(self.problem.W), self.copy(self.problem.W_out)

    def learn(self, trials):
        start = time.perf_counter()
        losses = [self.trial(self.problem, self.W, self.W_out) for _ in range(trials)]
        return time.perf_counter() - start, [float(loss) for loss in losses]

    def weights(self):
        return self.W, self.W_out


def read_problem(array=lambda rows: np.array(rows, dtype=float)):
    with open(sys.argv[1]) as file:
        return Problem(json.load(file), array)


def serve(learner, versions):
    """Answers until standard input ends. `versions`: what the peer calculates with, by name."""
    say({"versions": versions})
    for line in sys.stdin:
        command, trials = line.split()
        learner.begin()
        seconds, loss = learner.learn(int(trials))
        if command == "learn":
            w_rec, w_out = learner.weights()
            say({"loss": loss, "w_rec": w_rec.tolist(), "w_out": w_out.tolist()})
        else:
            say({"milliseconds": 1000 * seconds / int(trials)})


def say(answer):
    print(json.dumps(answer), flush=True)


def blas():
    """The linear algebra library that this process loaded, where the system tells."""
    try:
        with open("/proc/self/maps") as maps:
            files = {os.path.realpath(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return "unknown"
    found = sorted(file for file in files if any(name in os.path.basename(file) for name in ("blas", "mkl", "blis")))
    return "/".join(found[0].split("/")[-2:]) if found else "unknown"
