"""E-prop in Brian2, as its users write a trace rule: equations of neurons and synapses, compiled by Cython. Spikes are events; every synapse steps its trace.

Reads the problem and answers the commands of eprop.cpp, with its equations. Times are processor time, from the second timestep on.
"""

import json
import sys
import time

import brian2 as b2
import numpy as np

KAPPA, ETA = 0.95, 1e-9


def read(path):
    numbers = np.fromfile(path)
    N, T, density = int(numbers[0]), int(numbers[1]), numbers[2]
    at, found = 3, []
    for shape in ((N,), (N, N), (N,), (N,), (T, N), (T,)):
        count = int(np.prod(shape))
        found.append(numbers[at : at + count].reshape(shape))
        at += count
    return N, T, density, found


N, T, density, (drive, W, out, B, x, target) = read(sys.argv[1])
b2.defaultclock.dt = 1 * b2.ms
names = {"lam": 0.05, "theta": 0.5, "height": 0.3, "width": 0.5, "kappa": KAPPA, "T": T, "eta": ETA}
names["x"] = b2.TimedArray(x, dt=1 * b2.ms)
names["target"] = b2.TimedArray(target, dt=1 * b2.ms)
units = b2.NeuronGroup(
    N,
    """v : 1
    u : 1
    s : 1
    q : 1
    psi : 1
    signal : 1
    d : 1 (constant)
    b : 1 (constant)
    p : 1
    out : 1 (constant)""",
    threshold="s > 0",
)
readout = b2.NeuronGroup(1, "y : 1\nerr : 1\nsum_s : 1\nsquares : 1")
units.d, units.b, units.out = drive, B, out
pre, post = np.nonzero(W)
synapses = b2.Synapses(units, units, "w : 1\nm : 1\ndw : 1", on_pre="u_post += w", delay=0 * b2.ms)
synapses.connect(i=pre, j=post)
synapses.w = W[pre, post]
step = """
q = lam*q + s
v = lam*v + u + d*x((t_in_timesteps % T)*dt, i) - theta*s
s = int(v >= theta)
psi = height*clip(1 - abs(v - theta)/width, 0, 1)
u = 0
"""
units.run_regularly(step, when="start")
to_readout = b2.Synapses(units, readout, on_pre="sum_s_post += out_pre", delay=0 * b2.ms)
to_readout.connect()
readout.run_regularly(
    "y = kappa*y + (1 - kappa)*sum_s; sum_s = 0; err = target((t_in_timesteps % T)*dt) - y; squares += err**2", when="read"
)
back = b2.Synapses(readout, units, "signal_post = b_post*err_pre : 1 (summed)")
back.connect()
back.summed_updaters["signal_post"].when = "end"
synapses.run_regularly(
    "m = kappa*m + (1 - kappa)*psi_post*q_pre; dw += signal_post*m", when="end", order=1
)
# At the end of a trial changes are taken up, and everything begins again.
trial = T * b2.ms
units.run_regularly("v = 0; s = 0; q = 0; u = 0; psi = 0", dt=trial, when="begin")
readout.run_regularly("y = 0; sum_s = 0; squares = 0", dt=trial, when="begin")
synapses.run_regularly("w += eta/T*dw; dw = 0; m = 0", dt=trial, when="begin")
began = None


def note():
    global began
    began = began or time.process_time()


watch = b2.NetworkOperation(note, dt=trial, when="begin")
network = b2.Network(units, readout, synapses, to_readout, back, watch)
network.schedule = ["begin", "start", "groups", "thresholds", "synapses", "resets", "read", "end"]
print(json.dumps({"versions": {"Brian2": b2.__version__}}), flush=True)
for line in sys.stdin:
    command, trials = line.split()
    began = None
    network.run(int(trials) * trial, namespace=names)
    taken = time.process_time() - began
    if command == "learn":
        # As the weights take it up: of a change that is small beside its weight, only so many digits are left.
        w = synapses.w[:]
        change = float(np.sum(np.abs((w + ETA / T * synapses.dw[:]) - w)))
        print(json.dumps({"loss": [float(readout.squares[0]) / (2 * T)], "w_rec": [[change]], "w_out": []}), flush=True)
    else:
        print(json.dumps({"milliseconds": 1000 * taken / int(trials)}), flush=True)
