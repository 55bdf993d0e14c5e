import { RunError } from '../errors/index.ts';
import { Graph, type Value } from '../local/index.ts';
import type { Trial } from '../tasks/index.ts';
import type { BuiltCircuit, BuiltPopulation } from './built.ts';

/**
 * The error e(t) = target(t) - y(t) of one output. Where the target is NaN, there is none: the error is 0, adds
 * nothing to the loss, and causes no learning. The kernels write the same as WebAssembly.
 */
export function errorOf(target: number, y: number): number {
  return Number.isNaN(target) ? 0 : target - y;
}

/**
 * Checks the numbers that a trial plays; a target may be NaN, see `errorOf`.
 *
 * @throws RunError of kind 'input', naming timestep and channel, if an input is not finite, or a target is neither finite nor NaN.
 */
export function checkSignals({ inputs, outputs }: BuiltCircuit, { timesteps, input, target }: Trial): void {
  if (!areFinite(input)) {
    const at = input.findIndex((value) => !Number.isFinite(value));
    throw wrong('input', at, input, inputs, timesteps);
  }
  for (let at = 0; at < target.length; at++) {
    if (Math.abs(target[at]) === Infinity) throw wrong('target', at, target, outputs, timesteps);
  }
}

/** Whether all of these are finite: x - x is 0 for a finite x, and NaN for any other. Two sums, as additions to one would wait for each other. */
function areFinite(values: Float64Array): boolean {
  let [even, odd] = [0, 0];
  for (let at = 1; at < values.length; at += 2) {
    even += values[at - 1] - values[at - 1];
    odd += values[at] - values[at];
  }
  const last = values.length > 0 ? values[values.length - 1] : 0;
  return even + odd + (last - last) === 0;
}

/** The same as a graph that reads `target` and `y`. */
export function errorGraph(): Value {
  const graph = new Graph();
  const [target, y] = [graph.read('target', 'learning signal'), graph.read('y', 'own state')];
  return graph.choose(graph.compare('===', target, target), graph.arithmetic('-', target, y), graph.constant(0));
}

function wrong(
  what: 'input' | 'target',
  at: number,
  values: Float64Array,
  populations: readonly BuiltPopulation[],
  timesteps: number,
): RunError {
  const width = values.length / timesteps;
  const channel = at % width;
  const right = what === 'input' ? 'a finite number' : 'a finite number, or NaN where there is no target';
  const problem = `channel ${channel + 1} (${neuronAt(populations, channel)}) is ${values[at]}; expected ${right}`;
  return new RunError(`task.${what}`, problem, { timestep: Math.floor(at / width) + 1, kind: 'input' });
}

/** The neuron that a channel belongs to, as `x 0`. */
function neuronAt(populations: readonly BuiltPopulation[], channel: number): string {
  let first = 0;
  for (const { name, size } of populations) {
    if (channel < first + size) return `${name} ${channel - first}`;
    first += size;
  }
  throw new Error(`there is no channel ${channel}`);
}
