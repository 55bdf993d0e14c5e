import { assemble } from '../../src/kernels/generator.ts';
import { Lanes, VECTOR } from '../../src/kernels/lanes.ts';
import { call } from '../../src/kernels/library.ts';
import { MemoryPlan } from '../../src/kernels/memory.ts';
import { i32, op } from '../../src/kernels/wat.ts';
import { Writer } from '../../src/kernels/writer.ts';
import type { FunctionName } from '../../src/local/index.ts';

/** One function of the language as kernels compute it, at many points; `y` is the second argument, where there is one. */
export function applyInKernel(name: FunctionName, x: Float64Array, y = x): Float64Array {
  const plan = new MemoryPlan();
  const [first, second, result] = [x, y, x].map(({ byteLength }) => plan.reserve(byteLength + VECTOR));
  const writer = new Writer();
  const lanes = new Lanes(writer, 'f64', plan);
  writer.sweep({ from: i32.constant(0), until: i32.constant(x.byteLength), step: VECTOR }, (at) => {
    const args = [lanes.load(at, first), lanes.load(at, second)];
    lanes.store(at, result, call(lanes, name, ['min', 'max', 'pow'].includes(name) ? args : args.slice(0, 1)));
  });
  const text = op(
    'module',
    op('import', '"test"', '"memory"', op('memory', 1)),
    writer.end('run'),
    op('export', '"run"', op('func', '$run')),
  );
  const memory = plan.create();
  const numbers = new Float64Array(memory.buffer);
  numbers.set(x, first / 8);
  numbers.set(y, second / 8);
  const { exports } = new WebAssembly.Instance(assemble(text), { test: { memory } });
  (exports['run'] as () => void)();
  return numbers.slice(result / 8, result / 8 + x.length);
}
