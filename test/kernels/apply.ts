import { assemble } from '../../src/kernels/generator.ts';
import { Lanes, VECTOR } from '../../src/kernels/lanes.ts';
import { lower } from '../../src/kernels/lower.ts';
import { MemoryPlan } from '../../src/kernels/memory.ts';
import { i32, op } from '../../src/kernels/wat.ts';
import { Writer } from '../../src/kernels/writer.ts';
import { Graph, type FunctionName, type Value } from '../../src/local/index.ts';

/** The graph of one function of the language, of `x` and, where it takes two numbers, `y`. */
function graphOf(name: FunctionName | 'spike' | 'detach'): Value {
  const graph = new Graph();
  const [x, y] = ['x', 'y'].map((path) => graph.read(path, 'summed input'));
  if (name === 'spike') return graph.spike(x, y);
  if (name === 'detach') return graph.detach(x);
  return graph.call(name, ['min', 'max', 'pow'].includes(name) ? [x, y] : [x]);
}

/** One function of the language as kernels of its precision compute it, at many points; `y`: the second arguments, if it takes them. */
export function applyInKernel<T extends Float64Array | Float32Array>(
  name: Parameters<typeof graphOf>[0],
  x: T,
  y = x,
): T {
  return computeInKernel(graphOf(name), x, y);
}

/** What follows from `x` and `y`, as kernels of their precision compute it, at many points. */
export function computeInKernel<T extends Float64Array | Float32Array>(graph: Value, x: T, y = x): T {
  const plan = new MemoryPlan();
  const [first, second, result] = [x, y, x].map(({ byteLength }) => plan.reserve(byteLength + VECTOR));
  const writer = new Writer();
  const lanes = new Lanes(writer, x instanceof Float64Array ? 'f64' : 'f32', plan);
  writer.sweep({ from: i32.constant(0), until: i32.constant(x.byteLength), step: VECTOR }, (at) => {
    const [value] = lower(lanes, [graph], ({ path }) => lanes.load(at, path === 'x' ? first : second));
    lanes.store(at, result, value);
  });
  const text = op(
    'module',
    op('import', '"test"', '"memory"', op('memory', 1)),
    writer.end('run'),
    op('export', '"run"', op('func', '$run')),
  );
  const memory = plan.create();
  const there = (address: number) =>
    x instanceof Float64Array
      ? new Float64Array(memory.buffer, address, x.length)
      : new Float32Array(memory.buffer, address, x.length);
  there(first).set(x);
  there(second).set(y);
  const { exports } = new WebAssembly.Instance(assemble(text), { test: { memory } });
  (exports['run'] as () => void)();
  return there(result) as T;
}
