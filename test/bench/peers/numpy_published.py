"""The unified family of online algorithms in NumPy, step by step what the authors' public program does in a plain run, with nothing recorded.

    python3 numpy_published.py PROBLEM.json

The program is vanilla-rtrl, by O. Marschall, to "A unified framework of online algorithms for training recurrent neural networks", JMLR 21 (2020);
what follows is written anew. Kept is what each timestep computes, in which order, and which arrays it makes: the Jacobian as a product of two whole
matrices, slopes from a second tanh, gradients cut into those of each weight matrix, an optimiser that makes new weights. Left out are biases, which
rxflo's circuit has none of, reports, and checks for options that are off. Where rxflo's definition of an algorithm differs (epsilon, the first
timestep of a trial, the last ones), this one has rxflo's. Weight perturbation, SnAp-1 and OK(2) are not in that program: they are written in its manner.

Reads and prints what numpy_online.py does, which is the same with no more work than there need be.
"""

import json
import sys
import time

import numpy as np


def norm(x):
    return np.sqrt(np.sum(np.square(x)))


def split(matrix, sizes):
    ends = [0] + np.cumsum(sizes).tolist()
    return [np.squeeze(matrix[:, ends[k] : ends[k + 1]]) for k in range(len(sizes))]


class Tanh:
    @staticmethod
    def f(x):
        return np.tanh(x)

    @staticmethod
    def slope(x):
        return 1 - np.tanh(x) ** 2


class Identity:
    @staticmethod
    def f(x):
        return x

    @staticmethod
    def slope(x):
        return np.ones_like(x)


class SquaredError:
    @staticmethod
    def f(z, y):
        return 0.5 * np.square(z - y).sum()

    @staticmethod
    def slope(z, y):
        return z - y


class Descent:
    def __init__(self, rate):
        self.rate = rate

    def updated(self, parameters, gradients):
        self.changes = [-self.rate * g for g in gradients]
        return [w + change for w, change in zip(parameters, self.changes)]


class Network:
    def __init__(self, W_rec, W_in, W_out, alpha):
        self.W_rec, self.W_in, self.W_out, self.alpha = W_rec, W_in, W_out, alpha
        self.N, self.n_in, self.n_out = W_in.shape[0], W_in.shape[1], W_out.shape[0]
        self.activation, self.output, self.loss = Tanh, Identity, SquaredError
        self.noise = None

    @property
    def parameters(self):
        return [self.W_rec, self.W_in, self.W_out]

    def reset(self, a):
        self.a, self.h = a, np.zeros(self.N)
        self.z = np.dot(self.W_out, self.a)

    def advance(self, x):
        self.x = x
        self.h_before, self.a_before = np.copy(self.h), np.copy(self.a)
        self.h = self.W_rec.dot(self.a) + self.W_in.dot(self.x)
        if self.noise is not None:
            self.h = self.h + self.noise
        self.a = (1 - self.alpha) * self.a + self.alpha * self.activation.f(self.h)

    def answer(self):
        self.z_before = np.copy(self.z)
        self.z = self.W_out.dot(self.a)

    def jacobian(self, h=None):
        W_rec = np.copy(self.W_rec)
        D = np.diag(self.activation.slope(np.copy(self.h) if h is None else h))
        J = self.alpha * D.dot(W_rec) + (1 - self.alpha) * np.eye(self.N)
        if h is not None:
            return J
        self.J = np.copy(J)


class Learner:
    """What all share: the gradient of the readout, and credit l = dL/da."""

    def __init__(self, network, options, draw, B):
        self.network, self.options, self.draw = network, options, draw
        self.feedback = np.ascontiguousarray(B.T) if options["random"] else None
        self.N, self.width = network.N, network.N + network.n_in
        self.l = np.zeros(self.N)
        self.start()

    def start(self):
        pass

    def bring(self):
        self.a_hat = np.concatenate([self.network.a_before, self.network.x])

    def slopes(self):
        return self.network.alpha * self.network.activation.slope(self.network.h)

    def credit(self):
        self.l_before = np.copy(self.l)
        self.l = self.network.error.dot(self.network.W_out if self.feedback is None else self.feedback)

    def gradients(self):
        self.outer = np.multiply.outer(self.network.error, self.network.a)
        self.credit()
        self.inner = self.gradient()
        return split(self.inner, [self.N, self.width - self.N]) + split(self.outer, [self.N])


class RFLO(Learner):
    def begin(self):
        self.p = np.zeros((self.N, self.width))

    def see(self):
        alpha = self.network.alpha
        self.bring()
        self.D = self.network.activation.slope(self.network.h)
        self.immediate = alpha * np.multiply.outer(self.D, self.a_hat)
        self.p = (1 - alpha) * self.p + self.immediate

    def gradient(self):
        return (self.l * self.p.T).T


class Factors(Learner):
    """UORO and the Kronecker-factored ones."""

    eps = 1e-7

    def ratio(self, over, under):
        return np.sqrt(over / (under + self.eps)) + self.eps


class UORO(Factors):
    def begin(self):
        self.A, self.B = np.zeros(self.N), np.zeros((self.N, self.width))

    def see(self):
        self.bring()
        self.immediate = np.multiply.outer(self.slopes(), self.a_hat)
        self.network.jacobian()
        self.nu = self.draw()
        m = (self.immediate.T * self.nu).T
        self.pushed = self.network.J.dot(self.A)
        size_B, size_A, size_m = norm(self.B), norm(self.pushed), norm(m)
        self.p0, self.p1 = self.ratio(size_B, size_A), self.ratio(size_m, np.sqrt(self.N))
        A = self.p0 * self.pushed + self.p1 * self.nu
        B = (1 / self.p0) * self.B + (1 / self.p1) * m
        self.A, self.B = A, B

    def gradient(self):
        self.q = self.l.dot(self.A)
        return self.q * self.B


class KF(Factors):
    def begin(self):
        self.A, self.B = np.zeros(self.width), np.zeros((self.N, self.N))

    def see(self):
        self.bring()
        self.D = np.diag(self.slopes())
        self.network.jacobian()
        self.pushed = self.network.J.dot(self.B)
        self.nu = self.draw()
        self.p0 = self.ratio(norm(self.pushed), norm(self.A))
        self.p1 = self.ratio(norm(self.D), norm(self.a_hat))
        A = self.nu[0] * self.p0 * self.A + self.nu[1] * self.p1 * self.a_hat
        B = self.nu[0] * (1 / self.p0) * self.pushed + self.nu[1] * (1 / self.p1) * self.D
        self.A, self.B = A, B

    def gradient(self):
        self.lB = self.l.dot(self.B)
        return np.kron(self.A, self.lB).reshape((self.N, self.width), order="F")


class RKF(Factors):
    def begin(self):
        self.A, self.B = np.zeros(self.N), np.zeros((self.N, self.width))

    def see(self):
        self.bring()
        self.immediate = np.multiply.outer(self.slopes(), self.a_hat)
        self.network.jacobian()
        self.pushed = self.network.J.dot(self.B)
        self.nu = self.draw()
        m = (self.immediate.T * self.nu).T
        size_B, size_A, size_m = norm(self.pushed), norm(self.A), norm(m)
        self.p0, self.p1 = self.ratio(size_B, size_A), self.ratio(size_m, np.sqrt(self.N))
        A = self.p0 * self.A + self.p1 * self.nu
        B = (1 / self.p0) * self.pushed + (1 / self.p1) * m
        self.A, self.B = A, B

    def gradient(self):
        self.lB = self.l.dot(self.B)
        return np.multiply.outer(self.A, self.lB)


class KeRNL(Learner):
    def start(self):
        network, options = self.network, self.options
        self.A, self.gamma = np.eye(self.N), np.full(self.N, options["gamma"])
        self.optimiser = Descent(options["eta"])
        self.second = Network(network.W_rec, network.W_in, network.W_out, network.alpha)

    def begin(self):
        self.p, self.om, self.ga = np.zeros((self.N, self.width)), np.zeros(self.N), np.zeros(self.N)
        self.second.reset(np.copy(self.network.a))

    def see(self):
        network, second = self.network, self.second
        second.W_rec, second.W_in = network.W_rec, network.W_in
        second.advance(network.x)
        self.kern = np.maximum(0, 1 - self.gamma)
        self.zeta = self.draw()
        second.a += self.zeta
        self.ga = self.kern * self.ga - self.om
        self.om = self.kern * self.om + self.zeta
        self.D = network.activation.slope(network.h)
        self.bring()
        self.immediate = network.alpha * np.multiply.outer(self.D, self.a_hat)
        self.p = (self.p.T * self.kern).T + self.immediate
        self.predicted = self.A.dot(self.om)
        self.observed = second.a - network.a
        self.loss = np.square(self.predicted - self.observed).sum()
        self.off = self.predicted - self.observed
        self.of_A = np.multiply.outer(self.off, self.om)
        self.of_gamma = self.off.dot(self.A) * self.ga
        self.A, self.gamma = self.optimiser.updated([self.A, self.gamma], [self.of_A, self.of_gamma])

    def gradient(self):
        return (self.p.T * self.l.dot(self.A)).T


class DNI(Learner):
    activation, squash = Identity, Identity

    def start(self):
        # Credit is dL/da here, and -dL/da there.
        self.A = -np.array(self.options["A"], dtype=float).reshape(self.N, -1)
        self.held, self.count = np.copy(self.A), 0
        self.optimiser = Descent(self.options["credit_rate"])

    def begin(self):
        self.is_first = True

    def way_back(self):
        self.network.jacobian()
        return self.network.J

    def see(self):
        network = self.network
        J = self.way_back()
        self.at_before = np.concatenate([network.a_before, network.y_before, np.array([1])])
        self.c = self.synthetic(self.at_before)
        self.credit()
        self.at = np.concatenate([network.a, network.y, np.array([1])])
        self.goal = self.l_before + self.squash.f(self.activation.f(self.held.dot(self.at))).dot(J)
        self.off = self.c - self.goal
        self.loss = 0.5 * np.square(self.off).mean()
        self.scaled = self.off * self.activation.slope(self.before_c)
        self.of_A = np.multiply.outer(self.scaled, self.at_before)
        if not self.is_first:
            self.A = self.optimiser.updated([self.A], [self.of_A])[0]
        self.is_first = False
        self.count += 1
        if self.count % self.options["hold"] == 0:
            self.held = np.copy(self.A)

    def synthetic(self, at):
        self.before_c = self.A.dot(at)
        return self.activation.f(self.before_c)

    def gradient(self):
        self.c = self.synthetic(self.at)
        D = self.network.activation.slope(self.network.h)
        self.scaled = self.c * self.network.alpha * D
        self.bring()
        return np.multiply.outer(self.scaled, self.a_hat)


class DNIb(DNI):
    squash = Tanh

    def start(self):
        super().start()
        self.J = np.array(self.options["J"], dtype=float).reshape(self.N, self.N)

    def way_back(self):
        self.off_J = self.J.dot(self.network.a_before) - self.network.a
        self.loss_J = 0.5 * np.square(self.off_J).mean()
        self.J -= self.options["jacobian_rate"] * np.multiply.outer(self.off_J, self.network.a_before)
        return self.J


class EBPTT(Learner):
    def begin(self):
        self.brought, self.inputs, self.credits = [], [], []

    def see(self):
        self.bring()
        self.brought.insert(0, self.a_hat)
        self.inputs.insert(0, self.network.h)
        self.credit()
        self.credits.insert(0, self.l)

    def gradient(self):
        network, made = self.network, np.zeros((self.N, self.width))
        if len(self.brought) < self.options["H"] and not network.is_last:
            return made
        z = self.credits.pop(0)
        while True:
            h, a_hat = self.inputs.pop(0), self.brought.pop(0)
            D = network.alpha * network.activation.slope(h)
            made += np.multiply.outer(z * D, a_hat)
            if not self.credits:
                return made
            z = self.credits.pop(0) + z.dot(network.jacobian(h))


class FBPTT(Learner):
    def begin(self):
        self.brought, self.inputs, self.credits = [], [], []

    def see(self):
        self.bring()
        self.brought.insert(0, self.a_hat)
        self.inputs.insert(0, self.network.h)
        self.credit()
        v = np.copy(self.l)
        self.credits.insert(0, v)
        for k in range(1, len(self.credits)):
            v = v.dot(self.network.jacobian(self.inputs[k - 1]))
            self.credits[k] += v

    def oldest(self):
        z, h, a_hat = self.credits.pop(-1), self.inputs.pop(-1), self.brought.pop(-1)
        D = self.network.alpha * self.network.activation.slope(h)
        return np.multiply.outer(z * D, a_hat)

    def gradient(self):
        if len(self.credits) < self.options["H"] and not self.network.is_last:
            return np.zeros((self.N, self.width))
        made = self.oldest()
        while self.credits and self.network.is_last:
            made += self.oldest()
        return made


class NodePerturbation(Learner):
    """REINFORCE; the noise is on what comes to neurons."""

    perturbs = True

    def start(self):
        self.loss, self.mean_loss = 0.0, 0.0

    def begin(self):
        self.trace = np.zeros((self.N, self.width))

    def see(self):
        rate = self.options["baseline_rate"]
        self.bring()
        self.immediate = np.outer(self.network.noise, self.a_hat) / self.options["sigma"] ** 2
        self.trace = self.trace + self.immediate
        self.loss_before, self.loss = self.loss, self.network.loss_now
        self.mean_loss = (1 - rate) * self.mean_loss + rate * self.loss_before

    def gradient(self):
        return (self.loss - self.mean_loss) * self.trace


class RTRL(Learner):
    def begin(self):
        self.P = np.zeros((self.N, self.N * self.width))

    def see(self):
        self.bring()
        D = self.network.alpha * np.diag(self.network.activation.slope(self.network.h))
        self.immediate = np.kron(self.a_hat, D)
        self.network.jacobian()
        self.P = self.network.J.dot(self.P) + self.immediate

    def gradient(self):
        return self.l.dot(self.P).reshape((self.N, self.width), order="F")


class SnAp1(Learner):
    def begin(self):
        self.p = np.zeros((self.N, self.width))

    def see(self):
        self.bring()
        self.immediate = np.multiply.outer(self.slopes(), self.a_hat)
        self.network.jacobian()
        self.p = (self.p.T * np.diag(self.network.J)).T + self.immediate

    def gradient(self):
        return (self.l * self.p.T).T


class OK(Learner):
    def begin(self):
        self.r = self.options["r"]
        self.A, self.B = np.zeros((self.width, self.r)), np.zeros((self.N * self.N, self.r))

    def see(self):
        N, r = self.N, self.r
        self.bring()
        self.D = np.diag(self.slopes())
        self.network.jacobian()
        self.nu = self.draw()
        B = self.network.J.dot(self.B.reshape(N, N * r)).reshape(N * N, r)
        L, R = np.column_stack([self.A, self.a_hat]), np.column_stack([B, self.D.ravel()])
        (QL, RL), (QR, RR) = np.linalg.qr(L), np.linalg.qr(R)
        U, d, Vt = np.linalg.svd(np.dot(RL, RR.T))
        U, V = np.dot(QL, U), np.dot(QR, Vt.T)
        flip = np.where(U[np.argmax(np.abs(U), axis=0), np.arange(r + 1)] < 0, -1, 1)
        d = np.where(d < 1e-12 * d[0], 0, d)
        m = next(m for m in range(r + 1) if (r - m) * d[m] <= np.sum(d[m:]))
        k, S = r - m, np.sum(d[m:])
        X = np.zeros((r + 1, r))
        X[np.arange(m), np.arange(m)] = np.sqrt(d[:m])
        if k > 0 and S > 0:
            z = 1 - k * d[m:] / S
            v = np.sqrt(np.where(z < 1e-12, 0, z))
            v[0] += 1
            H = np.eye(k + 1) - 2 * np.outer(v, v) / np.dot(v, v)
            X[m:, m:] = np.sqrt(S / k) * self.nu[: k + 1, None] * H[:, 1:]
        self.A, self.B = np.dot(U * flip, X), np.dot(V * flip, X)

    def gradient(self):
        N, r = self.N, self.r
        return np.dot(self.l.dot(self.B.reshape(N, N * r)).reshape(N, r), self.A.T)


class WeightPerturbation(Learner):
    by_trial = True

    def start(self):
        self.mean_loss = 0.0

    def begin(self):
        network = self.network
        recurrent, other = np.split(self.draw(), [self.N * self.N])
        self.moved = [recurrent.reshape(self.N, -1), other.reshape(self.N, -1)]
        self.loss, self.outer = 0.0, np.zeros(network.W_out.shape)
        network.W_rec, network.W_in = network.W_rec + self.moved[0], network.W_in + self.moved[1]

    def see(self):
        self.loss += self.network.loss_now

    def gradients(self):
        network = self.network
        self.outer = self.outer + np.multiply.outer(network.error, network.a)
        if not network.is_last:
            return None
        network.W_rec, network.W_in = network.W_rec - self.moved[0], network.W_in - self.moved[1]
        weighed = (self.loss - self.mean_loss) / self.options["sigma"] ** 2
        self.mean_loss += self.options["baseline_rate"] * (self.loss - self.mean_loss)
        return [weighed * self.moved[0], weighed * self.moved[1], self.outer]


LEARNERS = {
    "uoro": UORO, "kf-rtrl": KF, "r-kf-rtrl": RKF, "rflo": RFLO, "kernl": KeRNL, "dni": DNI, "dni-b": DNIb,
    "e-bptt-10": EBPTT, "f-bptt-10": FBPTT, "node-perturbation": NodePerturbation, "weight-perturbation": WeightPerturbation,
    "rtrl": RTRL, "snap-1": SnAp1, "ok-2": OK,
}  # fmt: skip


class TwoRates(Descent):
    """Descent, with a learning rate for each weight matrix."""

    def updated(self, parameters, gradients):
        self.changes = [-rate * g for rate, g in zip(self.rate, gradients)]
        return [w + change for w, change in zip(parameters, self.changes)]


class Simulation:
    def __init__(self, given):
        self.options, self.tape, self.T = given["options"], given["noise"], given["T"]
        self.a_initial, w, W_out, B = (np.array(given[name], dtype=float) for name in ("h0", "w", "w_out", "b"))
        self.inputs, self.targets = np.array(given["input"], dtype=float), np.array(given["target"], dtype=float)
        N = len(self.a_initial)
        self.network = Network(w[:, :N].copy(), w[:, N:].copy(), W_out, given["alpha"])
        self.optimiser = TwoRates([given[name] / self.T for name in ("rate", "rate", "rate_out")])
        self.t = 0
        self.learner = LEARNERS[given["learner"]](self.network, self.options, self.drawn, B)

    def drawn(self):
        if self.tape is not None:
            return np.array(self.tape[self.t], dtype=float)
        kind, size, scale = self.options["draws"]
        return np.random.choice([-1, 1], size) if kind == "sign" else np.random.normal(0, scale, size)

    def trial(self):
        network, learner, self.t = self.network, self.learner, 0
        network.reset(self.a_initial)
        network.x_before, network.y_before = self.inputs[0], self.targets[0]
        learner.begin()
        for t in range(self.T):
            self.t = t
            network.is_last = t == self.T - 1
            self.forward(self.inputs[t], self.targets[t])
            self.train()
            network.x_before, network.y_before = network.x.copy(), network.y.copy()

    def forward(self, x, y):
        network = self.network
        network.x, network.y = x, y
        if hasattr(self.learner, "perturbs"):
            network.noise = self.drawn()
        network.advance(network.x)
        network.answer()
        network.y_hat = network.output.f(network.z)
        network.loss_now = network.loss.f(network.z, network.y)
        network.error = network.loss.slope(network.z, network.y)

    def train(self):
        network = self.network
        self.learner.see()
        self.gradients = self.learner.gradients()
        if self.gradients is not None:
            network.W_rec, network.W_in, network.W_out = self.optimiser.updated(network.parameters, self.gradients)


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    simulation = Simulation(given)
    simulation.trial()
    network = simulation.network
    learned = {"w": np.hstack([network.W_rec, network.W_in]).tolist(), "w_out": network.W_out.tolist()}
    simulation.tape, simulation.optimiser.rate = None, [0.0, 0.0, 0.0]
    timesteps, began, start = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < given["seconds"]:
        simulation.trial()
        timesteps += simulation.T
    microseconds = (time.process_time() - start) / max(1, timesteps) * 1e6
    print(json.dumps({**learned, "microseconds": microseconds}))


main()
