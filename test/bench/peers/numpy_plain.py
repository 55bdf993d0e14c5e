"""NumPy as the equations stand: a new array for every term, as published example code of RFLO is written.

Equations: Murray, eLife 8:e43299 (2019); Williams & Zipser (1989) for RTRL. alpha = 1/tau, phi = tanh.
"""

import numpy as np

from serve import Trials, blas, read_problem, serve


def phi_prime(u):
    return 1 - np.tanh(u) ** 2


def rflo(problem, W, W_out):
    """p(t) = (1-alpha) p(t-1) + alpha phi'(u(t)) h(t-1)';   dW = rate/T (B e 1') * p"""
    alpha, T, N, target, B = problem.alpha, problem.T, problem.N, problem.target, problem.B
    h = problem.h0
    p = np.zeros((N, N))
    dW, dW_out = (W, W_out) if problem.online else (np.zeros_like(W), np.zeros_like(W_out))
    loss = 0
    for t in range(T):
        h_before = h
        u = np.dot(W, h_before)
        h = (1 - alpha) * h_before + alpha * np.tanh(u)
        e = target[t] - np.dot(W_out, h)
        p = (1 - alpha) * p + alpha * np.outer(phi_prime(u), h_before)
        dW += problem.rate / T * np.outer(np.dot(B, e), np.ones(N)) * p
        dW_out += problem.rate_out / T * np.outer(e, h)
        loss += np.sum(e**2) / (2 * T)
    if not problem.online:
        W += dW
        W_out += dW_out
    return loss


def bptt(problem, W, W_out):
    """z(t) = W_out' e(t) + (1-alpha) z(t+1) + alpha W' (phi'(u(t+1)) z(t+1));   dW = rate/T sum_t alpha phi'(u) z h(t-1)'"""
    alpha, T, N, target = problem.alpha, problem.T, problem.N, problem.target
    h, u, e = np.zeros((T + 1, N)), np.zeros((T + 1, N)), np.zeros((T + 1, problem.n_out))
    h[0] = problem.h0
    for t in range(1, T + 1):
        u[t] = np.dot(W, h[t - 1])
        h[t] = (1 - alpha) * h[t - 1] + alpha * np.tanh(u[t])
        e[t] = target[t - 1] - np.dot(W_out, h[t])

    dW, dW_out = np.zeros_like(W), np.zeros_like(W_out)
    z = np.dot(W_out.T, e[T])
    for t in range(T, 0, -1):
        dW += problem.rate / T * np.outer(alpha * phi_prime(u[t]) * z, h[t - 1])
        dW_out += problem.rate_out / T * np.outer(e[t], h[t])
        z = np.dot(W_out.T, e[t - 1]) + (1 - alpha) * z + alpha * np.dot(W.T, phi_prime(u[t]) * z)
    W += dW
    W_out += dW_out
    return np.sum(e**2) / (2 * T)


def rtrl(problem, W, W_out):
    """P^i_mn(t) = (1-alpha) P^i_mn + alpha phi'(u_i) (sum_j W_ij P^j_mn + [i = m] h_n);   dW_mn = rate/T sum_i (W_out' e)_i P^i_mn"""
    alpha, T, N, target = problem.alpha, problem.T, problem.N, problem.target
    units = np.arange(N)
    h = problem.h0
    P = np.zeros((N, N * N))
    dW, dW_out = np.zeros_like(W), np.zeros_like(W_out)
    loss = 0
    for t in range(T):
        h_before = h
        u = np.dot(W, h_before)
        h = (1 - alpha) * h_before + alpha * np.tanh(u)
        e = target[t] - np.dot(W_out, h)
        drive = np.dot(W, P)
        drive.reshape(N, N, N)[units, units] += h_before
        P = (1 - alpha) * P + alpha * phi_prime(u)[:, np.newaxis] * drive
        dW += problem.rate / T * np.dot(np.dot(W_out.T, e), P).reshape(N, N)
        dW_out += problem.rate_out / T * np.outer(e, h)
        loss += np.sum(e**2) / (2 * T)
    W += dW
    W_out += dW_out
    return loss


if __name__ == "__main__":
    given = read_problem()
    trial = {"rflo": rflo, "bptt": bptt, "rtrl": rtrl}[given.algorithm]
    serve(Trials(given, trial, np.copy), {"NumPy": np.__version__, "BLAS": blas()})
