import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, probability } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';

const { Module } = WebAssembly;
let bytes = 0;

beforeAll(async () => {
  await loadKernels();
  WebAssembly.Module = class extends Module {
    constructor(code: BufferSource) {
      super(code);
      bytes = code.byteLength;
    }
  };
});
afterAll(() => {
  WebAssembly.Module = Module;
});

/** Bytes of the module of a circuit with so many recurrent units. */
function codeSize(units: number, schedule: 'trial' | 'online', density?: number): number {
  const weights = normal({ sd: 1 / Math.sqrt(units) });
  const definition = circuit({
    neurons: { h: leakyTanh(units), y: linear(1) },
    synapses: {
      recurrent: {
        ...{ from: 'h', to: 'h', weights, rule: rflo() },
        ...(density !== undefined && { connect: probability(density) }),
      },
      readout: { from: 'h', to: 'y', weights, rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights } },
  });
  new KernelEngine(build(definition, 1), { algorithm: local(), schedule, feedback: 'symmetric' });
  return bytes;
}

describe.each(['trial', 'online'] as const)(
  'the code of a kernel does not grow with its circuit, schedule %s:',
  (schedule) => {
    it('dense', () => {
      // What is left over where panels do not fill takes code of its own, so sizes are compared that leave over as much.
      const largest = (from: number) =>
        Math.max(...Array.from({ length: 24 }, (_, more) => codeSize(from + more, schedule)));
      const small = largest(50);
      expect(small).toBeGreaterThan(1000);
      expect(Math.abs(largest(400) / small - 1)).toBeLessThan(0.03);
    });

    it('sparse', () => {
      // As sparse for their size, so that their panels are of one width.
      const ratio = codeSize(400, schedule, 0.3) / codeSize(50, schedule, 0.3);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
    });
  },
);
