"""PyTorch as its users write it: RFLO and RTRL in tensor operations without a graph, BPTT by autograd and SGD.

Float64 on the CPU, one thread. Equations as in `numpy_plain.py`.
"""

import numpy as np
import torch

from serve import Trials, blas, read_problem, serve


@torch.no_grad()
def rflo(problem, W, W_out):
    alpha, T, target, B = problem.alpha, problem.T, problem.target, problem.B
    step, step_out = problem.rate / T, problem.rate_out / T
    h = problem.h0
    p = torch.zeros_like(W)
    dW, dW_out = (W, W_out) if problem.online else (torch.zeros_like(W), torch.zeros_like(W_out))
    loss = 0.0
    for t in range(T):
        h_before = h
        phi = torch.tanh(W @ h_before)
        h = torch.lerp(h_before, phi, alpha)
        e = target[t] - W_out @ h
        p.addr_(alpha * (1 - phi**2), h_before, beta=1 - alpha)
        dW.addcmul_((B @ e)[:, None], p, value=step)
        dW_out.addr_(e, h, alpha=step_out)
        loss = loss + e @ e
    if not problem.online:
        W += dW
        W_out += dW_out
    return loss / (2 * T)


def bptt(problem, W, W_out):
    W.requires_grad_()
    W_out.requires_grad_()
    optimizer = torch.optim.SGD([{"params": [W], "lr": problem.rate}, {"params": [W_out], "lr": problem.rate_out}])
    h, rates = problem.h0, []
    for _ in range(problem.T):
        h = torch.lerp(h, torch.tanh(W @ h), problem.alpha)
        rates.append(h)
    e = problem.target - torch.stack(rates) @ W_out.T
    loss = e.square().sum() / (2 * problem.T)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach()


@torch.no_grad()
def rtrl(problem, W, W_out):
    alpha, T, N, target = problem.alpha, problem.T, problem.N, problem.target
    h = problem.h0
    P = torch.zeros((N, N, N), dtype=W.dtype)
    dW, dW_out = torch.zeros_like(W), torch.zeros_like(W_out)
    loss = 0.0
    for t in range(T):
        h_before = h
        phi = torch.tanh(W @ h_before)
        h = torch.lerp(h_before, phi, alpha)
        e = target[t] - W_out @ h
        drive = (W @ P.view(N, N * N)).view(N, N, N)
        drive.diagonal().add_(h_before[:, None])  # the diagonal i = m, [n, i]
        P.mul_(1 - alpha).addcmul_((alpha * (1 - phi**2))[:, None, None], drive)
        dW += ((e @ W_out) @ P.view(N, N * N)).view(N, N)
        dW_out.addr_(e, h)
        loss = loss + e @ e
    W += problem.rate / T * dW
    W_out += problem.rate_out / T * dW_out
    return loss / (2 * T)


if __name__ == "__main__":
    torch.set_num_threads(1)
    given = read_problem(lambda rows: torch.tensor(rows, dtype=torch.float64))
    trial = {"rflo": rflo, "bptt": bptt, "rtrl": rtrl}[given.algorithm]
    serve(Trials(given, trial, torch.clone), {"PyTorch": torch.__version__, "NumPy": np.__version__, "BLAS": blas()})
