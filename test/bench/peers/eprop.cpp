// E-prop on spiking neurons, in C++ as one writes it by hand for speed: with every synapse stepping a trace, or by events.
//
//     g++ -O3 -march=native -DEVENTS=0 eprop.cpp -o eprop && ./eprop PROBLEM.bin
//
// PROBLEM.bin: doubles: N, T, density below 1 or not, then drive [N], W [pre][post], W_out [N], B [N], input [T][N], target [T]; W is 0 where there is no synapse.
// Answers `run K` with { milliseconds }, processor time a trial, and `learn K` with the losses and the sum of |dW|.
//
//     v(t) = lambda v(t-1) + d x(t) + W s(t-1) - theta s(t-1);   s = v >= theta;   psi = height max(0, 1 - |v - theta|/width)
//     y(t) = kappa y(t-1) + (1-kappa) W_out s(t);   e = target - y;   l_i = B_i e
//     q_j(t) = lambda q_j(t-1) + s_j(t-1);   m_ij(t) = kappa m_ij(t-1) + (1-kappa) psi_i(t) q_j(t);   dW_ij = rate/T sum_t l_i(t) m_ij(t)
//
// By events: dW_ij = rate/T sum over the spikes of j of g_i(t), with g backward in time, O(NT).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using Numbers = std::vector<double>;
constexpr double LAMBDA = 0.05, THETA = 0.5, HEIGHT = 0.3, WIDTH = 0.5, KAPPA = 0.95, ETA = 1e-9;
/// Postsynaptic units that go through the events of an axon together; their sums stay in registers.
constexpr int WIDE = 16;

static int N, T;
static bool sparse;
static Numbers drive, W0, out0, B, input, target;

struct Trial {
  Numbers W = W0, out = out0, s, v, psi, signal, e, dW, trace, q, g;
  /// Compressed rows by presynaptic unit, where few are connected.
  std::vector<int> starts, posts;
  Numbers weights, changes, traces;
  std::vector<std::vector<int>> times;

  Trial() : s((T + 1) * N), v(N), psi(T * N), signal(T * N), e(T), q(N), g(T * N), times(N) {
    if (!sparse) {
      dW.resize(W.size());
      trace.resize(W.size());
      return;
    }
    starts.push_back(0);
    for (int j = 0; j < N; ++j) {
      for (int i = 0; i < N; ++i)
        if (W[size_t(j) * N + i] != 0) posts.push_back(i), weights.push_back(W[size_t(j) * N + i]);
      starts.push_back(posts.size());
    }
    changes.resize(weights.size());
    traces.resize(weights.size());
  }

  void bring(int j, double* __restrict u) {
    if (sparse)
      for (int k = starts[j]; k < starts[j + 1]; ++k) u[posts[k]] += weights[k] * 1.0;
    else {
      const double* __restrict w = &W[size_t(j) * N];
      for (int i = 0; i < N; ++i) u[i] += w[i];
    }
  }

  double run() {
    std::fill(s.begin(), s.begin() + N, 0);
    std::fill(v.begin(), v.end(), 0);
    for (auto& list : times) list.clear();
    std::vector<double> u(N), dOut(N), p(N);
    double y = 0, squares = 0;
    for (int t = 0; t < T; ++t) {
      const double* last = &s[size_t(t) * N];
      double* now = &s[size_t(t + 1) * N];
      for (int i = 0; i < N; ++i) u[i] = drive[i] * input[size_t(t) * N + i];
      for (int j = 0; j < N; ++j) {
        if (EVENTS) {
          if (last[j] != 0) bring(j, u.data()), times[j].push_back(t);
        } else if (sparse) {
          for (int k = starts[j]; k < starts[j + 1]; ++k) u[posts[k]] += weights[k] * last[j];
        } else {
          const double* __restrict w = &W[size_t(j) * N];
          const double r = last[j];
          for (int i = 0; i < N; ++i) u[i] += w[i] * r;
        }
      }
      double sum = 0;
      for (int i = 0; i < N; ++i) {
        v[i] = LAMBDA * v[i] + u[i] - THETA * last[i];
        const double over = v[i] - THETA;
        now[i] = over >= 0 ? 1 : 0;
        psi[size_t(t) * N + i] = HEIGHT * std::max(0.0, 1 - std::fabs(over) / WIDTH);
      }
      for (int i = 0; i < N; ++i)
        if (now[i] != 0) sum += out[i];
      y = KAPPA * y + (1 - KAPPA) * sum;
      e[t] = target[t] - y;
      squares += e[t] * e[t];
      for (int i = 0; i < N; ++i) signal[size_t(t) * N + i] = B[i] * e[t];
      for (int i = 0; i < N; ++i) p[i] = KAPPA * p[i] + (1 - KAPPA) * now[i];
      for (int i = 0; i < N; ++i) dOut[i] += ETA * e[t] * p[i];
      if (!EVENTS) step(t, last);
    }
    if (EVENTS) learn();
    else settle();
    for (int i = 0; i < N; ++i) out[i] += dOut[i] / T;
    return squares / (2 * T);
  }

  /// Every synapse steps its trace; from j's own filtered spikes.
  void step(int t, const double* last) {
    if (t == 0) {
      std::fill(q.begin(), q.end(), 0);
      std::fill(trace.begin(), trace.end(), 0);
      std::fill(dW.begin(), dW.end(), 0);
      std::fill(traces.begin(), traces.end(), 0);
      std::fill(changes.begin(), changes.end(), 0);
    }
    const double* __restrict slope = &psi[size_t(t) * N];
    const double* __restrict l = &signal[size_t(t) * N];
    for (int j = 0; j < N; ++j) {
      q[j] = LAMBDA * q[j] + last[j];
      const double r = q[j];
      if (sparse) {
        for (int k = starts[j]; k < starts[j + 1]; ++k) {
          traces[k] = KAPPA * traces[k] + (1 - KAPPA) * slope[posts[k]] * r;
          changes[k] += l[posts[k]] * traces[k];
        }
      } else {
        double* __restrict m = &trace[size_t(j) * N];
        double* __restrict d = &dW[size_t(j) * N];
        for (int i = 0; i < N; ++i) {
          m[i] = KAPPA * m[i] + (1 - KAPPA) * slope[i] * r;
          d[i] += l[i] * m[i];
        }
      }
    }
  }

  void settle() {
    for (size_t k = 0; k < weights.size(); ++k) weights[k] += ETA / T * changes[k];
    if (!sparse)
      for (size_t k = 0; k < W.size(); ++k) W[k] += ETA / T * dW[k];
  }

  /// k(t) = l(t) + kappa k(t+1);  g(t) = (1-kappa) psi(t) k(t) + lambda g(t+1)
  void learn() {
    std::vector<double> k(N), h(N);
    for (int t = T - 1; t >= 0; --t)
      for (int i = 0; i < N; ++i) {
        const size_t at = size_t(t) * N + i;
        k[i] = signal[at] + KAPPA * k[i];
        h[i] = (1 - KAPPA) * psi[at] * k[i] + LAMBDA * h[i];
        g[at] = h[i];
      }
    if (sparse) {
      for (int j = 0; j < N; ++j) {
        for (int at = starts[j]; at < starts[j + 1]; ++at) changes[at] = 0;
        for (const int t : times[j])
          for (int at = starts[j]; at < starts[j + 1]; ++at) changes[at] += g[size_t(t) * N + posts[at]];
        for (int at = starts[j]; at < starts[j + 1]; ++at) weights[at] += ETA / T * changes[at];
      }
      return;
    }
    for (int first = 0; first < N; first += WIDE) {
      const int wide = std::min(WIDE, N - first);
      for (int j = 0; j < N; ++j) {
        if (times[j].empty()) continue;
        double sum[WIDE] = {};
        if (wide == WIDE)
          for (const int t : times[j])
            for (int i = 0; i < WIDE; ++i) sum[i] += g[size_t(t) * N + first + i];
        else
          for (const int t : times[j])
            for (int i = 0; i < wide; ++i) sum[i] += g[size_t(t) * N + first + i];
        for (int i = 0; i < wide; ++i) W[size_t(j) * N + first + i] += ETA / T * sum[i];
      }
    }
  }

  double changed() const {
    double sum = 0;
    if (sparse) {
      for (int j = 0; j < N; ++j)
        for (int k = starts[j]; k < starts[j + 1]; ++k) sum += std::fabs(weights[k] - W0[size_t(j) * N + posts[k]]);
    } else
      for (size_t k = 0; k < W.size(); ++k) sum += std::fabs(W[k] - W0[k]);
    return sum;
  }
};

int main(int, char** arguments) {
  std::ifstream file(arguments[1], std::ios::binary);
  const auto read = [&](size_t count) {
    Numbers numbers(count);
    file.read(reinterpret_cast<char*>(numbers.data()), count * sizeof(double));
    return numbers;
  };
  const Numbers head = read(3);
  N = head[0], T = head[1], sparse = head[2] < 1;
  drive = read(N), W0 = read(size_t(N) * N), out0 = read(N), B = read(N), input = read(size_t(T) * N), target = read(T);
  if (!file) return std::fprintf(stderr, "%s is too short\n", arguments[1]), 1;
  std::printf("{\"versions\":{\"g++\":\"%s\"}}\n", __VERSION__);
  std::fflush(stdout);
  Trial trial;
  std::string command;
  for (int trials; std::cin >> command >> trials; std::fflush(stdout)) {
    const std::clock_t start = std::clock();
    double loss = 0;
    for (int n = 0; n < trials; ++n) loss = trial.run();
    const double milliseconds = 1000.0 * (std::clock() - start) / CLOCKS_PER_SEC / trials;
    if (command == "learn") std::printf("{\"loss\":[%.17g],\"w_rec\":[[%.17g]],\"w_out\":[]}\n", loss, trial.changed());
    else std::printf("{\"milliseconds\":%.17g}\n", milliseconds);
  }
}
