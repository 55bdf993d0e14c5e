"""NumPy in the manner of the paper's public example code: what people run who start from it.

Every timestep makes the outer products of all three matrices, input weights among them (the example has one silent input, whose
rate is 0), and phi' is 1/cosh^2. Left out is what would make it learn something else: the example guards cosh against overflow,
which changes phi'. RFLO only: its BPTT is not the gradient.

Equations: Murray, eLife 8:e43299 (2019).
"""

import numpy as np

from serve import Trials, blas, read_problem, serve


def f(u):
    return np.tanh(u)


def df(u):
    return 1 / np.cosh(u) ** 2


def rflo(problem, w_rec, w_out):
    t_max, n_rec, n_in, tau_m, b = problem.T, problem.N, 1, 1 / problem.alpha, problem.B
    eta_in, eta_rec, eta_out = 0, problem.rate, problem.rate_out
    w_in, x, y_ = np.zeros((n_rec, n_in)), np.zeros((t_max, n_in)), problem.target
    p, q = np.zeros((n_rec, n_rec)), np.zeros((n_rec, n_in))
    dw_in, dw_rec, dw_out = np.zeros_like(w_in), np.zeros_like(w_rec), np.zeros_like(w_out)
    h = problem.h0
    errs = np.zeros((t_max, len(b[0])))
    for tt in range(t_max):
        h_prev = h.copy()
        u = np.dot(w_rec, h) + np.dot(w_in, x[tt])
        h = h + (-h + f(u)) / tau_m
        y = np.dot(w_out, h)
        p = (1 - 1 / tau_m) * p + np.outer(df(u), h_prev) / tau_m
        q = (1 - 1 / tau_m) * q + np.outer(df(u), x[tt]) / tau_m
        errs[tt] = y_[tt] - y
        dw_out = dw_out + eta_out / t_max * np.outer(errs[tt], h)
        dw_rec = dw_rec + eta_rec / t_max * np.outer(np.dot(b, errs[tt]), np.ones(n_rec)) * p
        dw_in = dw_in + eta_in / t_max * np.outer(np.dot(b, errs[tt]), np.ones(n_in)) * q
        if problem.online:
            w_out += dw_out
            w_rec += dw_rec
            w_in += dw_in
            dw_in, dw_rec, dw_out = np.zeros_like(w_in), np.zeros_like(w_rec), np.zeros_like(w_out)
    w_out += dw_out
    w_rec += dw_rec
    return 0.5 * np.mean(np.sum(errs**2, axis=1))


if __name__ == "__main__":
    given = read_problem()
    serve(Trials(given, rflo, np.copy), {"NumPy": np.__version__, "BLAS": blas()})
