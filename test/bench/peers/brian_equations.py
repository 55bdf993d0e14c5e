"""Brian2 as its users write it: equations on groups of neurons and synapses, in the order of a timestep, compiled by Cython.

RFLO only: Brian2 has neither backpropagation nor matrix products. Neurons follow dh/dt = (tanh(u) - h)/tau by Euler's method,
which is the update of the paper when tau is counted in timesteps. Each synapse holds its trace and its change:

    p(t) = p(t-1) + dt/tau (phi'(u_post) h_pre(t-1) - p(t-1));   dw += rate/T signal_post p
"""

import time

import brian2 as b2
import numpy as np
from brian2.devices.device import auto_target

from serve import read_problem, serve

# The order of a timestep. `groups` is where Brian2 steps the neurons' differential equation.
SCHEDULE = ["start", "transmit", "groups", "readout", "compare", "broadcast", "learn"]

NEURONS = """
dh/dt = (tanh(u) - h)/tau : 1
u : 1
signal : 1
h_before : 1
slope : 1
h0 : 1 (constant)
"""

OUTPUTS = """
y : 1
error : 1
squares : 1
"""

# A change waits in dw for the end of the trial, which is the beginning of the next; online it is added at once.
RECURRENT = {
    False: "p += dt/tau*(slope_post*h_before_pre - p); dw += step*signal_post*p",
    True: "p += dt/tau*(slope_post*h_before_pre - p); w += step*signal_post*p",
}
READOUT = {False: "dw += step_out*error_post*h_pre", True: "w += step_out*error_post*h_pre"}


class Brian:
    def __init__(self, problem):
        self.problem = problem
        b2.defaultclock.dt = 1 * b2.ms
        self.trial = problem.T * b2.ms
        self.namespace = {
            "tau": b2.ms / problem.alpha,
            "T": problem.T,
            "step": problem.rate / problem.T,
            "step_out": problem.rate_out / problem.T,
            "target": b2.TimedArray(problem.target, dt=1 * b2.ms),
        }
        neurons = b2.NeuronGroup(problem.N, NEURONS, method="euler")
        outputs = b2.NeuronGroup(problem.n_out, OUTPUTS)
        recurrent = b2.Synapses(neurons, neurons, "w : 1\np : 1\ndw : 1\nu_post = w*h_pre : 1 (summed)")
        readout = b2.Synapses(neurons, outputs, "w : 1\ndw : 1\ny_post = w*h_pre : 1 (summed)")
        feedback = b2.Synapses(outputs, neurons, "b : 1\nsignal_post = b*error_pre : 1 (summed)")
        for synapses in (recurrent, readout, feedback):
            synapses.connect()
        feedback.b = problem.B[feedback.j[:], feedback.i[:]]
        neurons.h0 = problem.h0

        neurons.run_regularly("h = h0", dt=self.trial, when="start")
        outputs.run_regularly("squares = 0", dt=self.trial, when="start")
        recurrent.run_regularly("w += dw; dw = 0; p = 0", dt=self.trial, when="start")
        readout.run_regularly("w += dw; dw = 0", dt=self.trial, when="start")

        recurrent.summed_updaters["u_post"].when = "transmit"
        neurons.run_regularly("h_before = h; slope = 1 - tanh(u)**2", when="transmit", order=1)
        readout.summed_updaters["y_post"].when = "readout"
        outputs.run_regularly("error = target((t_in_timesteps % T)*dt, i) - y; squares += error**2", when="compare")
        feedback.summed_updaters["signal_post"].when = "broadcast"
        recurrent.run_regularly(RECURRENT[problem.online], when="learn")
        readout.run_regularly(READOUT[problem.online], when="learn")

        self.outputs, self.recurrent, self.readout = outputs, recurrent, readout
        watch = b2.NetworkOperation(self.note, dt=self.trial, when="before_start")
        self.network = b2.Network(neurons, outputs, recurrent, readout, feedback, watch)
        self.network.schedule = SCHEDULE

    def begin(self):
        for synapses, weights in ((self.recurrent, self.problem.W), (self.readout, self.problem.W_out)):
            synapses.w = weights[synapses.j[:], synapses.i[:]]
            synapses.dw = 0

    def note(self):
        """Called when a trial begins, so that the time before the first, in which Brian2 prepares the run, is not counted."""
        self.squares.append(np.sum(self.outputs.squares[:]))
        self.began = self.began or time.perf_counter()

    def learn(self, trials):
        self.squares, self.began = [], None
        self.network.run(trials * self.trial, namespace=self.namespace)
        seconds = time.perf_counter() - self.began
        self.squares.append(np.sum(self.outputs.squares[:]))
        return seconds, [squares / (2 * self.problem.T) for squares in self.squares[1:]]

    def weights(self):
        return tuple(
            (synapses.w[:] + synapses.dw[:])[np.lexsort((synapses.i[:], synapses.j[:]))].reshape(shape)
            for synapses, shape in ((self.recurrent, self.problem.W.shape), (self.readout, self.problem.W_out.shape))
        )


if __name__ == "__main__":
    given = read_problem()
    assert given.algorithm == "rflo", "Brian2 takes RFLO only"
    serve(Brian(given), {"Brian2": b2.__version__, "code": auto_target().class_name})
