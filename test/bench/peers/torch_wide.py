"""A layered network that learns by errors, one sample at a time, in PyTorch as its users write it: under `no_grad`, one thread.

    python3 torch_wide.py PROBLEM.json

PROBLEM.json: { precision, beta, rate, oja, weights [layer][post][pre], feedback [layer][pre][post], images [sample][pixel], labels [sample] }; oja 0: there is no
Oja's rule. The peer prints one JSON line when it is ready, then answers each line of its standard input with one of its own; both commands begin with the first
sample and the problem's weights:

    learn K    K samples, then { loss, weights }
    run K      K samples, then { milliseconds }: how much processor time one of them took

    y_l = softplus(W_l y_(l-1)),  y_L = softmax(W_L y_(L-1)),  e_L = y_L - label,  e_(l-1) = (B_l e_l) slope_(l-1)
    dW_l = -rate e_l y_(l-1)^T + oja y_l (y_(l-1) - W_l^T y_l)^T
"""

import json
import sys
import time

import torch


@torch.no_grad()
def learn(W, B, x, label, beta, rate, oja):
    last = len(W) - 1
    rates = [x]
    for l in range(last):
        rates.append(torch.nn.functional.softplus(W[l] @ rates[-1], beta))
    rates.append(torch.softmax(W[last] @ rates[-1], 0))
    loss = -torch.log(rates[-1][label])
    e = rates[-1].clone()
    e[label] -= 1
    errors = [e]
    for l in range(last, 0, -1):
        errors.append((B[l - 1] @ errors[-1]) * (1 - torch.exp(-beta * rates[l])))
    for l in range(last + 1):
        y, before = rates[l + 1], rates[l]
        residual = before - W[l].T @ y if oja else None
        W[l].addr_(errors[last - l], before, alpha=-rate)
        if oja:
            W[l].addr_(y, residual, alpha=oja)
    return loss


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    torch.set_num_threads(1)
    dtype = torch.float64 if given["precision"] == "f64" else torch.float32
    made = lambda rows: torch.tensor(rows, dtype=dtype)
    first, B = [made(rows) for rows in given["weights"]], [made(rows) for rows in given["feedback"]]
    images, labels = list(made(given["images"])), given["labels"]
    how = [given[name] for name in ("beta", "rate", "oja")]
    say({"versions": {"PyTorch": torch.__version__}})
    for line in sys.stdin:
        command, count = line.split()
        W = [w.clone() for w in first]
        began = time.process_time()
        losses = [learn(W, B, images[k % len(images)], labels[k % len(images)], *how) for k in range(int(count))]
        if command == "run":
            say({"milliseconds": 1000 * (time.process_time() - began) / int(count)})
        else:
            say({"loss": [float(loss) for loss in losses], "weights": [w.tolist() for w in W]})


def say(answer):
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
