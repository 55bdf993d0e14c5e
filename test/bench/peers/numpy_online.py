"""The unified family of online algorithms in NumPy, as published code writes it: one network, vector by vector, a new array for every term.

    python3 numpy_online.py PROBLEM.json

PROBLEM.json: { learner, T, alpha, rate, rate_out, h0 [N], w [N][N + n_in], w_out, input [T][n_in], target [T][n_out], noise [T][..] or null,
options, seconds }. One trial learned online is played first, its weights are printed; then the same trial again and again for so many seconds.
Prints { w, w_out, microseconds }: processor time per timestep.

Equations: Marschall, Cho & Savin, JMLR 21 (2020). w has recurrent and input weights side by side; a = [h(t-1); x(t)].
"""

import json
import sys
import time

import numpy as np


def norm(x):
    return np.sqrt(np.sum(x**2))


class UORO:
    def begin(self, net):
        self.A, self.B = np.zeros(net.N), np.zeros(net.w.shape)

    def gradient(self, net, J, s, a, l, noise):
        eps = 1e-7
        A, m = np.dot(J, self.A), np.outer(noise * s, a)
        p0 = np.sqrt(norm(self.B) / (norm(A) + eps)) + eps
        p1 = np.sqrt(norm(m) / (norm(noise) + eps)) + eps
        self.A = p0 * A + p1 * noise
        self.B = self.B / p0 + m / p1
        return np.dot(l, self.A) * self.B


class KF:
    def begin(self, net):
        self.A, self.B = np.zeros(net.w.shape[1]), np.zeros((net.N, net.N))

    def gradient(self, net, J, s, a, l, noise):
        eps = 1e-7
        B, D = np.dot(J, self.B), np.diag(s)
        p0 = np.sqrt(norm(B) / (norm(self.A) + eps)) + eps
        p1 = np.sqrt(norm(D) / (norm(a) + eps)) + eps
        self.A = noise[0] * p0 * self.A + noise[1] * p1 * a
        self.B = noise[0] * B / p0 + noise[1] * D / p1
        return np.outer(np.dot(l, self.B), self.A)


class RKF:
    def begin(self, net):
        self.A, self.B = np.zeros(net.N), np.zeros(net.w.shape)

    def gradient(self, net, J, s, a, l, noise):
        eps = 1e-7
        B, m = np.dot(J, self.B), np.outer(noise * s, a)
        p0 = np.sqrt(norm(B) / (norm(self.A) + eps)) + eps
        p1 = np.sqrt(norm(m) / (norm(noise) + eps)) + eps
        self.A = p0 * self.A + p1 * noise
        self.B = B / p0 + m / p1
        return np.outer(self.A, np.dot(l, self.B))


class RFLO:
    def begin(self, net):
        self.p = np.zeros(net.w.shape)

    def gradient(self, net, J, s, a, l, noise):
        self.p = (1 - net.alpha) * self.p + np.outer(s, a)
        return l[:, None] * self.p


class KeRNL:
    def begin(self, net):
        if not hasattr(self, "A"):
            self.A, self.gamma = np.eye(net.N), np.full(net.N, net.options["gamma"])
        self.p, self.om, self.ga = np.zeros(net.w.shape), np.zeros(net.N), np.zeros(net.N)
        self.hn = net.h.copy()

    def gradient(self, net, J, s, a, l, noise):
        n_in = len(a) - net.N
        kern = np.maximum(0, 1 - self.gamma)
        u = np.dot(net.w, np.concatenate([self.hn, a[net.N :]]))
        self.hn = (1 - net.alpha) * self.hn + net.alpha * np.tanh(u) + noise
        self.ga = kern * self.ga - self.om
        self.om = kern * self.om + noise
        self.p = kern[:, None] * self.p + np.outer(s, a)
        error = np.dot(self.A, self.om) - (self.hn - net.h)
        self.gamma = self.gamma - net.options["eta"] * np.dot(error, self.A) * self.ga
        self.A = self.A - net.options["eta"] * np.outer(error, self.om)
        return np.dot(l, self.A)[:, None] * self.p


class DNI:
    learned = False

    def begin(self, net):
        if not hasattr(self, "A"):
            self.A = np.array(net.options["A"], dtype=float).reshape(net.N, -1)
            self.held, self.count = self.A.copy(), 0
            self.J = np.array(net.options["J"], dtype=float).reshape(net.N, net.N) if self.learned else None
        self.at = None

    def gradient(self, net, J, s, a, l, noise):
        rate = net.options["credit_rate"]
        if self.learned:
            h = a[: net.N]
            self.J = self.J - net.options["jacobian_rate"] * np.outer(np.dot(self.J, h) - net.h, h)
            J = self.J
        at = np.concatenate([net.h, net.label, [1]])
        if self.at is not None:
            held = np.dot(self.held, at)
            goal = self.l + np.dot(np.tanh(held) if self.learned else held, J)
            self.A = self.A - rate * np.outer(np.dot(self.A, self.at) - goal, self.at)
        self.count += 1
        if self.count % net.options["hold"] == 0:
            self.held = self.A.copy()
        self.at, self.l = at, l
        return np.outer(np.dot(self.A, at) * s, a)


class DNIb(DNI):
    learned = True


class EBPTT:
    def begin(self, net):
        self.past = []

    def gradient(self, net, J, s, a, l, noise):
        self.past.append((s, a, l))
        if len(self.past) < net.options["H"] and not net.last:
            return np.zeros(net.w.shape)
        W = net.w[:, : net.N]
        g, z = np.zeros(net.w.shape), np.zeros(net.N)
        for k, (s, a, l) in enumerate(reversed(self.past)):
            z = l + z
            g += np.outer(z * s, a)
            z = (1 - net.alpha) * z + np.dot(z * s, W)
        self.past = []
        return g


class FBPTT:
    def begin(self, net):
        self.past = []

    def gradient(self, net, J, s, a, l, noise):
        W = net.w[:, : net.N]
        v = l
        self.past.append([s, a, l.copy()])
        for k in range(len(self.past) - 1, 0, -1):
            v = (1 - net.alpha) * v + np.dot(v * self.past[k][0], W)
            self.past[k - 1][2] = self.past[k - 1][2] + v
        g = np.zeros(net.w.shape)
        while self.past and (len(self.past) >= net.options["H"] or net.last):
            s, a, z = self.past.pop(0)
            g += np.outer(z * s, a)
        return g


class NodePerturbation:
    perturbs = True

    def begin(self, net):
        if not hasattr(self, "baseline"):
            self.baseline = 0.0
        self.z = np.zeros(net.w.shape)

    def gradient(self, net, J, s, a, l, noise):
        self.z = self.z + np.outer(noise, a)
        g = -(net.loss - self.baseline) / net.options["sigma"] ** 2 * self.z
        self.baseline += net.options["baseline_rate"] * (net.loss - self.baseline)
        return g


class RTRL:
    def begin(self, net):
        self.P = np.zeros((net.N, net.w.size))

    def gradient(self, net, J, s, a, l, noise):
        M = np.zeros((net.N, *net.w.shape))
        M[np.arange(net.N), np.arange(net.N)] = np.outer(s, a)
        self.P = np.dot(J, self.P) + M.reshape(net.N, -1)
        return np.dot(l, self.P).reshape(net.w.shape)


class SnAp1:
    def begin(self, net):
        self.p = np.zeros(net.w.shape)

    def gradient(self, net, J, s, a, l, noise):
        self.p = np.diag(J)[:, None] * self.p + np.outer(s, a)
        return l[:, None] * self.p


class OK:
    def begin(self, net):
        self.r = net.options["r"]
        self.A, self.B = np.zeros((net.w.shape[1], self.r)), np.zeros((net.N * net.N, self.r))

    def gradient(self, net, J, s, a, l, noise):
        N, r = net.N, self.r
        B = np.dot(J, self.B.reshape(N, N * r)).reshape(N * N, r)
        L, R = np.column_stack([self.A, a]), np.column_stack([B, np.diag(s).ravel()])
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
            X[m:, m:] = np.sqrt(S / k) * noise[: k + 1, None] * H[:, 1:]
        self.A, self.B = np.dot(U * flip, X), np.dot(V * flip, X)
        return np.dot(np.dot(l, self.B.reshape(N, N * r)).reshape(N, r), self.A.T)


class WeightPerturbation:
    by_trial = True

    def begin(self, net):
        if not hasattr(self, "baseline"):
            self.baseline = 0.0
        recurrent, other = np.split(net.drawn(0), [net.N * net.N])
        self.delta = np.hstack([recurrent.reshape(net.N, -1), other.reshape(net.N, -1)])
        self.loss, net.w = 0.0, net.w + self.delta

    def gradient(self, net, J, s, a, l, noise):
        self.loss += net.loss
        if not net.last:
            return None
        net.w = net.w - self.delta
        g = -(self.loss - self.baseline) / net.options["sigma"] ** 2 * self.delta
        self.baseline += net.options["baseline_rate"] * (self.loss - self.baseline)
        return g


LEARNERS = {
    "uoro": UORO, "kf-rtrl": KF, "r-kf-rtrl": RKF, "rflo": RFLO, "kernl": KeRNL, "dni": DNI, "dni-b": DNIb,
    "e-bptt-10": EBPTT, "f-bptt-10": FBPTT, "node-perturbation": NodePerturbation, "weight-perturbation": WeightPerturbation,
    "rtrl": RTRL, "snap-1": SnAp1, "ok-2": OK,
}  # fmt: skip


class Net:
    def __init__(self, given):
        self.alpha, self.options, self.noise = given["alpha"], given["options"], given["noise"]
        self.rate, self.rate_out = given["rate"] / given["T"], given["rate_out"] / given["T"]
        self.h0, self.w, self.w_out, self.B = (np.array(given[name], dtype=float) for name in ("h0", "w", "w_out", "b"))
        self.input, self.target = np.array(given["input"], dtype=float), np.array(given["target"], dtype=float)
        self.N, self.T = len(self.h0), given["T"]
        self.learner = LEARNERS[given["learner"]]()
        self.random = np.random.default_rng(1)

    def drawn(self, t):
        if self.noise is not None:
            return np.array(self.noise[t], dtype=float)
        kind, size, scale = self.options["draws"]
        if kind == "none":
            return None
        return self.random.choice([-1.0, 1.0], size) if kind == "sign" else self.random.normal(0, scale, size)

    def trial(self):
        alpha, perturbs, by_trial = self.alpha, hasattr(self.learner, "perturbs"), hasattr(self.learner, "by_trial")
        self.h, change_out = self.h0, 0
        self.learner.begin(self)
        for t in range(self.T):
            noise = None if by_trial else self.drawn(t)
            before = self.h
            a = np.concatenate([before, self.input[t]])
            u = np.dot(self.w, a)
            if perturbs:
                u = u + noise
            f = np.tanh(u)
            self.h = (1 - alpha) * before + alpha * f
            s = alpha * (1 - f**2)
            self.label = self.target[t]
            e = self.label - np.dot(self.w_out, self.h)
            self.loss = np.sum(e**2) / 2
            l = np.dot(self.B, e) if self.options["random"] else np.dot(e, self.w_out)
            self.last = t == self.T - 1
            J = None
            if self.options["jacobian"]:
                J = (1 - alpha) * np.eye(self.N) + s[:, None] * self.w[:, : self.N]
            g = self.learner.gradient(self, J, s, a, l, noise)
            if g is not None:
                self.w = self.w + self.rate * g
            change_out = np.outer(e, self.h) + (change_out if by_trial else 0)
            if self.last or not by_trial:
                self.w_out = self.w_out + self.rate_out * change_out


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    net = Net(given)
    net.trial()
    learned = {"w": net.w.tolist(), "w_out": net.w_out.tolist()}
    net.noise = None
    net.rate = net.rate_out = 0.0
    timesteps, began, start = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < given["seconds"]:
        net.trial()
        timesteps += net.T
    microseconds = (time.process_time() - start) / max(1, timesteps) * 1e6
    print(json.dumps({**learned, "microseconds": microseconds}))


main()
