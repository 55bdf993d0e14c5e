// C++ as one writes it by hand for speed: plain loops over flat arrays, laid out so that the inner ones vectorise.
//
//     g++ -O3 -march=native -DAHEAD=1 -DHISTORY=0 rflo.cpp -o rflo && ./rflo PROBLEM.json
//
// Matrices are stored by column, [pre][post]: the inner loop runs over postsynaptic units, all of its terms are independent,
// and no sum has to be reordered, so -ffast-math is not needed. Reads a problem file and answers the lines of `serve.py`.
// Equations: Murray, eLife 8:e43299 (2019); Williams & Zipser (1989) for RTRL. alpha = 1/tau, phi = tanh.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using Numbers = std::vector<double>;

// ---- The problem ----------------------------------------------------------------------------------------------------

struct Problem {
  std::string algorithm;
  bool online;
  int N, K, T;  // recurrent units, outputs, timesteps
  double alpha, rate, rate_out;
  Numbers h0, W, W_out, B, target;  // as in the file, [post][pre] and [T][K]
};

/// Where the value of a key begins; the key is looked for inside `within`, which is unique.
static const char* find(const std::string& text, const std::string& within, const std::string& key) {
  size_t at = text.find('"' + within + "\":");
  if (at != std::string::npos) at = text.find('"' + key + "\":", at);
  if (at == std::string::npos) throw std::runtime_error("the problem has no " + within + "." + key);
  at += key.size() + 3;
  while (text[at] == ' ') ++at;
  return text.c_str() + at;
}

/// The number, or all numbers of the nested lists, that begin here.
static Numbers numbers(const char* at) {
  Numbers found;
  int depth = 0;
  do {
    if (*at == '[') ++depth, ++at;
    else if (*at == ']') --depth, ++at;
    else if (*at == ',' || *at == ' ') ++at;
    else {
      char* end;
      found.push_back(std::strtod(at, &end));
      if (end == at) throw std::runtime_error("the problem has something other than numbers where numbers belong");
      at = end;
    }
  } while (depth > 0);
  return found;
}

static std::string word(const char* at) {
  const std::string rest(at + 1, 16);
  return rest.substr(0, rest.find('"'));
}

static Problem read(const char* file) {
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  Problem p;
  p.algorithm = word(find(text, "learning", "algorithm"));
  p.online = word(find(text, "learning", "schedule")) == "online";
  p.alpha = 1 / numbers(find(text, "network", "tau"))[0];
  p.rate = numbers(find(text, "rates", "w_rec"))[0];
  p.rate_out = numbers(find(text, "rates", "w_out"))[0];
  p.h0 = numbers(find(text, "network", "h0"));
  p.W = numbers(find(text, "network", "w_rec"));
  p.W_out = numbers(find(text, "network", "w_out"));
  p.B = numbers(find(text, "network", "feedback"));
  p.target = numbers(find(text, "task", "target"));
  p.N = static_cast<int>(p.h0.size());
  p.K = static_cast<int>(p.W_out.size()) / p.N;
  p.T = static_cast<int>(p.target.size()) / p.K;
  return p;
}

static Numbers transposed(const Numbers& matrix, int rows, int columns) {
  Numbers result(matrix.size());
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  return result;
}

// ---- The network ----------------------------------------------------------------------------------------------------

/// What is learned, and the one forward step that all algorithms share.
struct Network {
  const Problem& p;
  const int N, K, T;
  Numbers W;      // [pre][post]
  Numbers W_out;  // [output][unit]
  Numbers u;

  explicit Network(const Problem& problem)
      : p(problem), N(p.N), K(p.K), T(p.T), W(transposed(p.W, N, N)), W_out(p.W_out), u(N) {}

  /// u = W h;  h_new = h + alpha (tanh(u) - h);  slope = alpha (1 - tanh(u)^2)
  void step(const double* __restrict h, double* __restrict h_new, double* __restrict slope) {
    double* __restrict sum = u.data();
    std::fill(u.begin(), u.end(), 0.0);
    for (int j = 0; j < N; ++j) {
      const double* __restrict w = &W[static_cast<size_t>(j) * N];
      const double rate = h[j];
      for (int i = 0; i < N; ++i) sum[i] += w[i] * rate;
    }
    for (int i = 0; i < N; ++i) {
      const double phi = std::tanh(sum[i]);
      h_new[i] = h[i] + p.alpha * (phi - h[i]);
      slope[i] = p.alpha * (1 - phi * phi);
    }
  }

  /// e = target(t) - W_out h; returns the sum of its squares. Timesteps are counted from 0 here.
  double compare(int t, const double* h, double* e) const {
    double squares = 0;
    for (int k = 0; k < K; ++k) {
      double y = 0;
      for (int i = 0; i < N; ++i) y += W_out[k * N + i] * h[i];
      e[k] = p.target[t * K + k] - y;
      squares += e[k] * e[k];
    }
    return squares;
  }
};

/// into += factor * from
static void add(double* __restrict into, const double* __restrict from, double factor, size_t count) {
  for (size_t k = 0; k < count; ++k) into[k] += factor * from[k];
}

// ---- RFLO -----------------------------------------------------------------------------------------------------------

/// p_ij(t) = (1-alpha) p_ij(t-1) + slope_i(t) h_j(t-1);   dW_ij = rate/T sum_t (B e(t))_i p_ij(t). Online, dW is W itself.
struct Rflo : Network {
  /// So many timesteps neurons run ahead of synapses, which then step through them while they stay in the nearest cache.
  /// Online neurons cannot: the next timestep needs the changed weights.
  const int ahead;
  Numbers h, slope, e, signal, trace, dW, dW_out;

  explicit Rflo(const Problem& problem)
      : Network(problem), ahead(p.online ? 1 : AHEAD), h((T + 1) * N), slope(T * N), e(K), signal(T * N), trace(W.size()),
        dW(W.size()), dW_out(W_out.size()) {}

  double trial() {
    double squares = 0;
    Numbers& into = p.online ? W : dW;
    Numbers& into_out = p.online ? W_out : dW_out;
    std::copy(p.h0.begin(), p.h0.end(), h.begin());
    std::fill(trace.begin(), trace.end(), 0.0);
    std::fill(dW.begin(), dW.end(), 0.0);
    std::fill(dW_out.begin(), dW_out.end(), 0.0);
    for (int first = 0; first < T; first += ahead) {
      const int end = std::min(first + ahead, T);
      for (int t = first; t < end; ++t) squares += run(t, into_out.data());
      for (int j = 0; j < N; ++j) learn(j, first, end, &into[static_cast<size_t>(j) * N]);
    }
    if (!p.online) {
      add(W.data(), dW.data(), 1, W.size());
      add(W_out.data(), dW_out.data(), 1, W_out.size());
    }
    return squares / (2 * T);
  }

  /// The neurons, their learning signals and the readout.
  double run(int t, double* into_out) {
    const double* now = &h[(t + 1) * N];
    step(&h[t * N], &h[(t + 1) * N], &slope[t * N]);
    const double squares = compare(t, now, e.data());
    for (int i = 0; i < N; ++i) {
      double sum = 0;
      for (int k = 0; k < K; ++k) sum += p.B[i * K + k] * e[k];
      signal[t * N + i] = p.rate / T * sum;
    }
    for (int k = 0; k < K; ++k) add(into_out + k * N, now, p.rate_out / T * e[k], N);
    return squares;
  }

  /// The synapses from unit j.
  void learn(int j, int first, int end, double* __restrict change) {
    const double retention = 1 - p.alpha;
    double* __restrict q = &trace[static_cast<size_t>(j) * N];
    for (int t = first; t < end; ++t) {
      const double* __restrict s = &slope[t * N];
      const double* __restrict l = &signal[t * N];
      const double rate = h[t * N + j];
      for (int i = 0; i < N; ++i) {
        q[i] = retention * q[i] + s[i] * rate;
        change[i] += l[i] * q[i];
      }
    }
  }
};

// ---- RFLO by history ------------------------------------------------------------------------------------------------

#if defined(__AVX512F__)
typedef double Vector __attribute__((vector_size(64)));
#elif defined(__AVX__)
typedef double Vector __attribute__((vector_size(32)));
#else
typedef double Vector __attribute__((vector_size(16)));
#endif

/// The same changes, found when the trial has ended: g_i(t) = slope_i(t) k_i(t), k_i(t) = l_i(t) + (1-alpha) k_i(t+1);
/// dW_ij = sum_t g_i(t) h_j(t-1), a product of two matrices, in blocks of 2 vectors by 4 whose sums stay in registers.
struct RfloHistory : Network {
  static constexpr int LANES = sizeof(Vector) / sizeof(double), WIDE = 2 * LANES, DEEP = 4;
  Numbers h, slope, e, signal, k, dW_out;
  std::vector<Vector> panel;

  explicit RfloHistory(const Problem& problem)
      : Network(problem), h((T + 1) * N + DEEP), slope(T * N), e(K), signal(T * N), k(N), dW_out(W_out.size()), panel(2 * T) {}

  double trial() {
    double squares = 0;
    std::copy(p.h0.begin(), p.h0.end(), h.begin());
    std::fill(dW_out.begin(), dW_out.end(), 0.0);
    for (int t = 0; t < T; ++t) {
      const double* now = &h[(t + 1) * N];
      step(&h[t * N], &h[(t + 1) * N], &slope[t * N]);
      squares += compare(t, now, e.data());
      for (int i = 0; i < N; ++i) {
        double sum = 0;
        for (int o = 0; o < K; ++o) sum += p.B[i * K + o] * e[o];
        signal[t * N + i] = p.rate / T * sum;
      }
      for (int o = 0; o < K; ++o) add(&dW_out[o * N], now, p.rate_out / T * e[o], N);
    }
    std::fill(k.begin(), k.end(), 0.0);
    for (int t = T - 1; t >= 0; --t)
      for (int i = 0; i < N; ++i) {
        k[i] = signal[t * N + i] + (1 - p.alpha) * k[i];
        slope[t * N + i] *= k[i];
      }
    for (int i = 0; i < N; i += WIDE) learn(i, std::min(WIDE, N - i));
    add(W_out.data(), dW_out.data(), 1, W_out.size());
    return squares / (2 * T);
  }

  /// The synapses onto `count` units from i on.
  void learn(int i, int count) {
    double* g = reinterpret_cast<double*>(panel.data());
    for (int t = 0; t < T; ++t)
      for (int n = 0; n < WIDE; ++n) g[t * WIDE + n] = n < count ? slope[t * N + i + n] : 0;
    for (int j = 0; j < N; j += DEEP) {
      Vector sums[DEEP][2] = {};
      for (int t = 0; t < T; ++t)
        for (int d = 0; d < DEEP; ++d) {
          sums[d][0] += panel[2 * t] * h[t * N + j + d];
          sums[d][1] += panel[2 * t + 1] * h[t * N + j + d];
        }
      for (int d = 0; d < std::min(DEEP, N - j); ++d)
        add(&W[static_cast<size_t>(j + d) * N + i], reinterpret_cast<double*>(sums[d]), 1, count);
    }
  }
};

// ---- BPTT -----------------------------------------------------------------------------------------------------------

/// z(t) = W_out' e(t) + (1-alpha) z(t+1) + W' v(t+1),  v = slope z;   dW = rate/T sum_t v(t) h(t-1)'
struct Bptt : Network {
  Numbers h, slope, e, v, z, rows, column;

  explicit Bptt(const Problem& problem)
      : Network(problem), h((T + 1) * N), slope(T * N), e(T * K), v(T * N), z(N), rows(W.size()), column(N) {}

  double trial() {
    double squares = 0;
    std::copy(p.h0.begin(), p.h0.end(), h.begin());
    for (int t = 0; t < T; ++t) {
      step(&h[t * N], &h[(t + 1) * N], &slope[t * N]);
      squares += compare(t, &h[(t + 1) * N], &e[t * K]);
    }
    rows = transposed(W, N, N);  // [post][pre]: backward, the inner loop runs over presynaptic units
    std::fill(z.begin(), z.end(), 0.0);
    for (int t = T - 1; t >= 0; --t) stepBack(t);
    // The sum over time in the middle: the change of a column of W stays in the nearest cache for all timesteps.
    for (int j = 0; j < N; ++j) {
      std::fill(column.begin(), column.end(), 0.0);
      for (int t = 0; t < T; ++t) add(column.data(), &v[t * N], h[t * N + j], N);
      add(&W[static_cast<size_t>(j) * N], column.data(), p.rate / T, N);
    }
    for (int k = 0; k < K; ++k)
      for (int t = 0; t < T; ++t) add(&W_out[k * N], &h[(t + 1) * N], p.rate_out / T * e[t * K + k], N);
    return squares / (2 * T);
  }

  void stepBack(int t) {
    for (double& value : z) value *= 1 - p.alpha;
    for (int k = 0; k < K; ++k) add(z.data(), &W_out[k * N], e[t * K + k], N);
    if (t + 1 < T)
      for (int i = 0; i < N; ++i) add(z.data(), &rows[static_cast<size_t>(i) * N], v[(t + 1) * N + i], N);
    for (int i = 0; i < N; ++i) v[t * N + i] = slope[t * N + i] * z[i];
  }
};

// ---- RTRL -----------------------------------------------------------------------------------------------------------

/// P^i_w = (1-alpha) P^i_w + slope_i (sum_j W_ij P^j_w + [w = W_in, n -> i] h_n(t-1));   dW_w = rate/T sum_i (W_out' e)_i P^i_w
struct Rtrl : Network {
  /// Influences are stepped in blocks of this many weights, which stay in the nearest cache for all units.
  static constexpr int BLOCK = 32;
  const size_t blocks;
  Numbers h, h_before, slope, e, credit, rows, P, next, dW, dW_out;  // P: [block][unit][BLOCK]

  explicit Rtrl(const Problem& problem)
      : Network(problem), blocks((W.size() + BLOCK - 1) / BLOCK), h(N), h_before(N), slope(N), e(K), credit(N),
        P(blocks * N * BLOCK), next(N * BLOCK), dW(blocks * BLOCK), dW_out(W_out.size()) {}

  double trial() {
    double squares = 0;
    h = p.h0;
    rows = transposed(W, N, N);  // [post][pre]
    std::fill(P.begin(), P.end(), 0.0);
    std::fill(dW.begin(), dW.end(), 0.0);
    std::fill(dW_out.begin(), dW_out.end(), 0.0);
    for (int t = 0; t < T; ++t) {
      std::swap(h, h_before);
      step(h_before.data(), h.data(), slope.data());
      squares += compare(t, h.data(), e.data());
      std::fill(credit.begin(), credit.end(), 0.0);
      for (int k = 0; k < K; ++k) add(credit.data(), &W_out[k * N], p.rate / T * e[k], N);
      for (size_t block = 0; block < blocks; ++block) advance(block);
      for (int k = 0; k < K; ++k) add(dW_out.data() + k * N, h.data(), p.rate_out / T * e[k], N);
    }
    add(W.data(), dW.data(), 1, W.size());
    add(W_out.data(), dW_out.data(), 1, W_out.size());
    return squares / (2 * T);
  }

  void advance(size_t block) {
    double* __restrict old = &P[block * N * BLOCK];
    double* __restrict change = &dW[block * BLOCK];
    for (int i = 0; i < N; ++i) {
      double drive[BLOCK] = {};
      for (int j = 0; j < N; ++j)
        for (int b = 0; b < BLOCK; ++b) drive[b] += rows[i * N + j] * old[j * BLOCK + b];
      for (int b = 0; b < BLOCK; ++b) next[i * BLOCK + b] = (1 - p.alpha) * old[i * BLOCK + b] + slope[i] * drive[b];
    }
    // Weight w is W[pre n][post m]: it drives its own unit m with h_n.
    for (size_t b = 0, w = block * BLOCK; b < BLOCK && w < W.size(); ++b, ++w)
      next[w % N * BLOCK + b] += slope[w % N] * h_before[w / N];
    for (int i = 0; i < N; ++i) add(change, &next[i * BLOCK], credit[i], BLOCK);
    std::copy(next.begin(), next.end(), old);
  }
};

// ---- The answers ----------------------------------------------------------------------------------------------------

static void print(const char* name, const Numbers& values, int columns) {
  std::printf(",\"%s\":[", name);
  for (size_t k = 0; k < values.size(); ++k)
    std::printf("%s%.17g%s", k % columns ? "," : k ? ",[" : "[", values[k], (k + 1) % columns ? "" : "]");
  std::printf("]");
}

template <class Learner>
static void serve(const Problem& problem) {
  std::printf("{\"versions\":{\"g++\":\"%s\"}}\n", __VERSION__);
  std::fflush(stdout);
  std::string command;
  int trials;
  while (std::cin >> command >> trials) {
    Learner learner(problem);
    Numbers loss(trials);
    const auto start = std::chrono::steady_clock::now();
    for (double& value : loss) value = learner.trial();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    if (command == "learn") {
      std::printf("{\"loss\":[");
      for (int k = 0; k < trials; ++k) std::printf("%s%.17g", k ? "," : "", loss[k]);
      std::printf("]");
      print("w_rec", transposed(learner.W, problem.N, problem.N), problem.N);
      print("w_out", learner.W_out, problem.N);
      std::printf("}\n");
    } else {
      std::printf("{\"milliseconds\":%.17g}\n", taken.count() / trials);
    }
    std::fflush(stdout);
  }
}

int main(int, char** arguments) try {
  const Problem problem = read(arguments[1]);
  if (problem.online && problem.algorithm != "rflo") throw std::runtime_error("only RFLO learns online here");
  if (problem.algorithm == "rflo" && HISTORY) serve<RfloHistory>(problem);
  else if (problem.algorithm == "rflo") serve<Rflo>(problem);
  else if (problem.algorithm == "bptt") serve<Bptt>(problem);
  else serve<Rtrl>(problem);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
