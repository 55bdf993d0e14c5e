"""NumPy by someone who has profiled it: in place, no temporary matrices, sums over time as one matrix product.

The same equations as in `numpy_plain.py`. RFLO still steps its traces once a timestep: that is what the rule is.
"""

import numpy as np

from serve import Trials, blas, read_problem, serve


def rflo(problem, W, W_out):
    alpha, T, target, B = problem.alpha, problem.T, problem.target, problem.B
    step, step_out = problem.rate / T, problem.rate_out / T
    h = problem.h0
    p, buffer = np.zeros_like(W), np.empty_like(W)
    dW, dW_out = (W, W_out) if problem.online else (np.zeros_like(W), np.zeros_like(W_out))
    loss = 0.0
    for t in range(T):
        h_before = h
        phi = np.tanh(W @ h_before)
        h = h_before + alpha * (phi - h_before)
        e = target[t] - W_out @ h
        p *= 1 - alpha
        p += np.multiply.outer(alpha * (1 - phi * phi), h_before, out=buffer)
        dW += np.multiply((step * (B @ e))[:, None], p, out=buffer)
        dW_out += np.multiply.outer(step_out * e, h)
        loss += e @ e
    if not problem.online:
        W += dW
        W_out += dW_out
    return loss / (2 * T)


def bptt(problem, W, W_out):
    alpha, T, N = problem.alpha, problem.T, problem.N
    h, slope = np.empty((T + 1, N)), np.empty((T, N))
    h[0] = problem.h0
    for t in range(T):
        phi = np.tanh(W @ h[t])
        h[t + 1] = h[t] + alpha * (phi - h[t])
        slope[t] = alpha * (1 - phi * phi)
    e = problem.target - h[1:] @ W_out.T
    credit = e @ W_out

    v = np.empty((T, N))
    z = credit[T - 1]
    for t in range(T - 1, -1, -1):
        v[t] = slope[t] * z
        if t > 0:
            z = credit[t - 1] + (1 - alpha) * z + v[t] @ W
    W += problem.rate / T * (v.T @ h[:-1])
    W_out += problem.rate_out / T * (e.T @ h[1:])
    return np.sum(e * e) / (2 * T)


def rtrl(problem, W, W_out):
    alpha, T, N, target = problem.alpha, problem.T, problem.N, problem.target
    h = problem.h0
    P, drive = np.zeros((N, N * N)), np.empty((N, N * N))
    own = drive.reshape(N * N, N)[:: N + 1]  # a view of the rows i = m
    dW, dW_out = np.zeros(N * N), np.zeros_like(W_out)
    loss = 0.0
    for t in range(T):
        h_before = h
        phi = np.tanh(W @ h_before)
        h = h_before + alpha * (phi - h_before)
        e = target[t] - W_out @ h
        np.matmul(W, P, out=drive)
        own += h_before
        drive *= (alpha * (1 - phi * phi))[:, None]
        P *= 1 - alpha
        P += drive
        dW += (e @ W_out) @ P
        dW_out += np.multiply.outer(e, h)
        loss += e @ e
    W += problem.rate / T * dW.reshape(N, N)
    W_out += problem.rate_out / T * dW_out
    return loss / (2 * T)


if __name__ == "__main__":
    given = read_problem()
    trial = {"rflo": rflo, "bptt": bptt, "rtrl": rtrl}[given.algorithm]
    serve(Trials(given, trial, np.copy), {"NumPy": np.__version__, "BLAS": blas()})
