import { describe, expect, it } from 'vitest';
import { exp, max, ownFunctions, readLocal, softplus, tanh, type OwnFunctions } from '../../src/local/index.ts';
import { neuron, neuronModel } from '../../src/neurons/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { refusal } from '../refusal.ts';

const SHAPE = { u: 'summed input', kind: 'parameter' } as const;

const response = (x: number, kind: number, sharpness: number) =>
  kind === 1 ? max(x, 0) : kind === 2 ? tanh(x) : softplus(sharpness * x) / sharpness;

interface Seen {
  readonly u: number;
  readonly kind: number;
}

const callable = ownFunctions('test', { response });
const called = readLocal('test', 'f', ({ u, kind }: Seen) => response(u, kind, 10) - response(u / 2, 2, 1), {
  shape: SHAPE,
  callable,
});
const writtenOut = readLocal(
  'test',
  'f',
  ({ u, kind }: Seen) => (kind === 1 ? max(u, 0) : kind === 2 ? tanh(u) : softplus(10 * u) / 10) - tanh(u / 2),
  { shape: SHAPE },
);

describe("a function of a definition's own", () => {
  it('is read as if it were written out where it is called', () => {
    expect(called.reads.map(({ path }) => path)).toEqual(writtenOut.reads.map(({ path }) => path));
    for (const local of [called, called.derivative('slope', 'u')]) {
      const same = local === called ? writtenOut : writtenOut.derivative('slope', 'u');
      for (const u of [-30, -1, -0.1, 0, 0.3, 2]) {
        for (const kind of [0, 1, 2]) expect(local.compile()({ u, kind })).toBe(same.compile()({ u, kind }));
      }
    }
  });

  it('leaves nothing behind where its choice is by a number: it costs the side that is taken', () => {
    const fixed = readLocal('test', 'f', ({ u }: Seen) => response(u, 2, 1), { shape: SHAPE, callable });
    expect(fixed.operations).toEqual({ tanh: 1 });
  });

  it('serves rules, rate units and neurons', () => {
    const functions = { response };
    const rule = plasticityRule({
      name: 'bent',
      params: { eta: 0.1 },
      functions,
      change: ({ post, pre, eta }) => eta * response(post.signal * pre.rate, 2, 1),
    });
    const unit = neuronModel({ name: 'bent', params: {}, functions, rate: ({ u }) => response(u, 2, 1) });
    const whole = neuron({
      name: 'bent',
      functions,
      ports: { u: 'v' },
      state: { v: 0 },
      pools: { z: { sum: ({ u }) => exp(response(u, 2, 1)) } },
      step: ({ u, z }) => ({ v: response(u, 2, 1) / z }),
      sends: ({ v }) => ({ out: response(v, 2, 1) }),
    });
    const analyses = [rule().analysis, unit(1).model?.analysis, whole(1).model?.analysis];
    for (const analysis of analyses) {
      expect(analysis?.functions.some(({ operations }) => operations['tanh'] === 1)).toBe(true);
    }
  });

  it.each<[string, unknown, string]>([
    ['what is no function', { f: 2 }, 'test.functions.f: is not a function; write one, such as (u) => u'],
    ['a list of functions', [(x: number) => x], 'test.functions.0: is not an identifier'],
    ['no record', 3, 'test.functions: expected named functions'],
    ['a name of our own', { tanh: (x: number) => x }, 'test.functions.tanh: is the name of a function of rxflo'],
    ['a closure', { f: (x: number) => x * SHAPE.u.length }, 'cannot see; take it as one more number'],
    ['another of its own', { f: (x: number) => response(x, 1, 1) }, 'is a function from outside'],
    ['a view', { f: ({ x }: Readonly<Record<string, number>>) => x }, 'this is a number'],
    ['a default', { f: (x = 1) => x }, 'leave out the default'],
  ])('is refused, with its place: %s', (_, own, problem) => {
    expect(refusal(() => ownFunctions('test', own as OwnFunctions))).toContain(problem);
  });

  it('is called with the numbers that it takes', () => {
    // @ts-expect-error -- TypeScript refuses it, too
    const few = ({ u }: Seen) => response(u);
    expect(refusal(() => readLocal('test', 'f', few, { shape: SHAPE, callable }))).toContain('takes 3 numbers');
  });

  it('is the one that is called: another of the same name is found out', () => {
    const other = ownFunctions('test', { response: (x: number, _kind: number, sharpness: number) => x * sharpness });
    expect(
      refusal(() => readLocal('test', 'f', ({ u }: Seen) => response(u, 2, 3), { shape: SHAPE, callable: other })),
    ).toContain('Or a response that is not the one in its `functions`?');
  });
});
