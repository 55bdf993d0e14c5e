import { assemble } from '../../src/kernels/generator.ts';
import { Lanes, VECTOR } from '../../src/kernels/lanes.ts';
import { call } from '../../src/kernels/library.ts';
import { i32, op } from '../../src/kernels/wat.ts';
import { Writer } from '../../src/kernels/writer.ts';
import type { FunctionName } from '../../src/local/index.ts';

/** One function of the language as kernels compute it, at many points; `y` is the second argument, where there is one. */
export function applyInKernel(name: FunctionName, x: Float64Array, y = x): Float64Array {
  const [size, room] = [x.byteLength, Math.ceil(x.byteLength / VECTOR) * VECTOR];
  const writer = new Writer();
  const lanes = new Lanes(writer, 'f64');
  writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (pointer) => {
    const args = [lanes.load(pointer, 0), lanes.load(pointer, room)];
    lanes.store(pointer, 2 * room, call(lanes, name, ['min', 'max', 'pow'].includes(name) ? args : args.slice(0, 1)));
  });
  const text = op(
    'module',
    op('import', '"test"', '"memory"', op('memory', 1)),
    writer.end('run'),
    op('export', '"run"', op('func', '$run')),
  );
  const memory = new WebAssembly.Memory({ initial: Math.ceil((3 * room) / 2 ** 16) + 1 });
  const numbers = new Float64Array(memory.buffer);
  numbers.set(x);
  numbers.set(y, room / 8);
  const { exports } = new WebAssembly.Instance(assemble(text), { test: { memory } });
  (exports['run'] as () => void)();
  return numbers.slice((2 * room) / 8, (2 * room) / 8 + x.length);
}
