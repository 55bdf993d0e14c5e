/**
 * TensorFlow.js as its users write it: immutable tensors, and a `tidy` around each timestep of RFLO. On its fastest back end
 * in Node that needs no native build, WebAssembly with SIMD, one thread; float32, as there is nothing else. BPTT is written
 * out, which is no slower: in Node the automatic gradients come only with the whole of TensorFlow.js, 300 MB of packages.
 *
 *     node --import tsx tfjs.ts PROBLEM.json
 *
 * Vectors are columns, [N][1]. Equations: Murray, eLife 8:e43299 (2019). alpha = 1/tau, phi = tanh.
 */
import { readFileSync } from 'node:fs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { problemSchema } from '../../../src/recording/problem-schema.ts';
import { serve } from './serve.ts';

const { network, task, learning } = problemSchema.parse(JSON.parse(readFileSync(process.argv[2], 'utf8')));
const [alpha, T] = [1 / network.tau, task.target.length];
const { w_rec: rate, w_out: rateOut } = learning.rates;

setThreadsCount(1);
if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly back end does not start');

const h0 = tf.tensor2d(network.h0.map((value) => [value]));
const B = tf.tensor2d(network.feedback);
const targets = task.target.map((row) => tf.tensor2d(row.map((value) => [value ?? NaN])));
const W = tf.variable(tf.tensor2d(network.w_rec));
const WOut = tf.variable(tf.tensor2d(network.w_out));

/** h(t) = h(t-1) + alpha (phi - h(t-1)),  phi = tanh(W h(t-1)) */
function forward(h: tf.Tensor2D): { readonly phi: tf.Tensor2D; readonly next: tf.Tensor2D } {
  const phi = tf.tanh(tf.matMul<tf.Tensor2D>(W, h));
  return { phi, next: tf.add(h, tf.mul(tf.sub(phi, h), alpha)) };
}

/** alpha phi'(u) */
function slopeOf(phi: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.sub(1, tf.square(phi)), alpha);
}

/** A column, [N][1], as a row: the product of a column and a row is their outer product. */
function row(column: tf.Tensor2D): tf.Tensor2D {
  return tf.reshape(column, [1, -1]);
}

/** p(t) = (1-alpha) p(t-1) + alpha phi'(u) h(t-1)';   dW += rate/T (B e) p;   dWout += rate/T e h'. Online, dW is W itself. */
function rflo(): number {
  const online = learning.schedule === 'online';
  const [dW, dWOut] = online ? [W, WOut] : [tf.variable(tf.zerosLike(W)), tf.variable(tf.zerosLike(WOut))];
  let state = tf.tidy(() => ({ h: tf.clone(h0), p: tf.zerosLike<tf.Tensor2D>(W), squares: tf.scalar(0) }));
  for (const target of targets) {
    const before = state;
    state = tf.tidy(() => {
      const { phi, next: h } = forward(before.h);
      const e = tf.sub(target, tf.matMul(WOut, h));
      const p = tf.add<tf.Tensor2D>(tf.mul(before.p, 1 - alpha), tf.mul(slopeOf(phi), row(before.h)));
      const signal = tf.mul(tf.matMul(B, e), rate / T);
      dW.assign(tf.add(dW, tf.mul(signal, p)));
      dWOut.assign(tf.add(dWOut, tf.mul(tf.mul(e, row(h)), rateOut / T)));
      return { h, p, squares: tf.add<tf.Scalar>(before.squares, tf.sum(tf.square(e))) };
    });
    tf.dispose(before);
  }
  if (!online) {
    tf.tidy(() => {
      W.assign(tf.add(W, dW));
      WOut.assign(tf.add(WOut, dWOut));
    });
    tf.dispose([dW, dWOut]);
  }
  const [squares] = state.squares.dataSync();
  tf.dispose(state);
  return squares / (2 * T);
}

/** z(t) = Wout' e(t) + (1-alpha) z(t+1) + W' v(t+1),  v = alpha phi'(u) z;   dW = rate/T sum_t v(t) h(t-1)' */
function bptt(): number {
  return tf.tidy(() => {
    const [h, slope, e]: [tf.Tensor2D[], tf.Tensor2D[], tf.Tensor2D[]] = [[h0], [], []];
    for (const [t, target] of targets.entries()) {
      const { phi, next } = forward(h[t]);
      slope.push(slopeOf(phi));
      h.push(next);
      e.push(tf.sub(target, tf.matMul(WOut, next)));
    }
    const v: tf.Tensor2D[] = [];
    let z = tf.zerosLike<tf.Tensor2D>(h0);
    for (let t = T - 1; t >= 0; t--) {
      z = tf.add(tf.matMul(WOut, e[t], true), tf.mul(z, 1 - alpha));
      if (t + 1 < T) z = tf.add(z, tf.matMul(W, v[t + 1], true));
      v[t] = tf.mul(slope[t], z);
    }
    const errors = tf.concat2d(e, 1);
    const dW = tf.matMul(tf.concat2d(v, 1), tf.concat2d(h.slice(0, T), 1), false, true);
    const dWOut = tf.matMul(errors, tf.concat2d(h.slice(1), 1), false, true);
    W.assign(tf.add(W, tf.mul(dW, rate / T)));
    WOut.assign(tf.add(WOut, tf.mul(dWOut, rateOut / T)));
    return tf.sum(tf.square(errors)).dataSync()[0] / (2 * T);
  });
}

await serve(
  {
    begin: () => {
      tf.tidy(() => {
        W.assign(tf.tensor2d(network.w_rec));
        WOut.assign(tf.tensor2d(network.w_out));
      });
    },
    trial: learning.algorithm === 'rflo' ? rflo : bptt,
    weights: () => ({ w_rec: W.arraySync(), w_out: WOut.arraySync() }),
  },
  { versions: { 'TensorFlow.js': tf.version_core, backend: tf.getBackend() } },
);
