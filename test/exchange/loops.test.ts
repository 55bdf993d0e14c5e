import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { fromNir, toNir, type NirGraph } from '../../src/exchange/index.ts';
import { breakingEdges, closingEdges, edgesInLoops } from '../../src/exchange/loops.ts';
import { input, leakyReadout, resettingLif } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';

/** x -> a <-> b -> y, with these delays. */
const looped = ({ there, back }: { there: number; back: number }): Circuit =>
  circuit({
    neurons: { x: input(1), a: resettingLif(1), b: resettingLif(1), y: leakyReadout(1) },
    synapses: {
      in: { from: 'x', to: 'a', weights: normal(), delay: 2 },
      self: { from: 'a', to: 'a', weights: normal(), delay: 3 },
      there: { from: 'a', to: 'b', weights: normal(), delay: there },
      back: { from: 'b', to: 'a', weights: normal(), delay: back },
      out: { from: 'b', to: 'y', weights: normal() },
    },
  });

/** The seconds of the Delay nodes. */
const secondsOf = ({ nodes }: NirGraph) =>
  Object.fromEntries(
    [...nodes].flatMap(([name, { fields }]) => {
      const delay = fields.get('delay');
      return delay && 'values' in delay ? [[name, delay.values[0]]] : [];
    }),
  );

/** The graph, its Delay of a group set to other seconds. */
function edited(graph: NirGraph, name: string, seconds: number): NirGraph {
  const delay = graph.nodes.get(name);
  if (!delay) throw new Error(`no node '${name}'`);
  const fields = new Map([['delay', { shape: [1], values: Float64Array.of(seconds) }]]);
  return { ...graph, nodes: new Map([...graph.nodes, [name, { ...delay, fields }]]) };
}

const delaysOf = (graph: NirGraph, options = {}) =>
  Object.fromEntries(Object.entries(fromNir(graph, options).synapses).map(([name, { delay }]) => [name, delay]));

describe('delays', () => {
  it.each([
    [{ there: 1, back: 1 }, { in_delay: 0.002, self_delay: 0.002, there_delay: 0.001 }, /here in back,/],
    [{ there: 2, back: 0 }, { in_delay: 0.002, self_delay: 0.002, there_delay: 0.001 }, /here in there,/],
    [{ there: 0, back: 1 }, { in_delay: 0.002, self_delay: 0.002 }, /here in back,/],
  ])('in a loop of several populations one timestep is the reader’s own: %j', (delays, seconds, warning) => {
    const { graph, warnings } = toNir(looped(delays));
    expect(secondsOf(graph)).toEqual(seconds);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(delaysOf(graph)).toEqual({ in: 2, self: 3, ...delays, out: 0 });
  });

  it('that someone has edited are as in the file, also by one timestep, and in loops', () => {
    const { graph } = toNir(looped({ there: 2, back: 1 }));
    expect(delaysOf(edited(graph, 'in_delay', 0.001))).toMatchObject({ in: 1 });
    expect(delaysOf(edited(graph, 'in_delay', 0.003))).toMatchObject({ in: 3 });
    expect(delaysOf(edited(graph, 'self_delay', 0.001))).toMatchObject({ self: 2 });
    expect(delaysOf(edited(graph, 'there_delay', 0.001))).toMatchObject({ there: 1, back: 1 });
    expect(delaysOf(edited(graph, 'there_delay', 0.003))).toMatchObject({ there: 3, back: 1 });
  });

  it('are as many seconds, whatever the timestep', () => {
    const { graph } = toNir(looped({ there: 2, back: 1 }));
    expect(delaysOf(graph, { dt: 2e-3 })).toMatchObject({ in: 1, self: 2, there: 1, back: 1 });
  });

  it('of loops that are others now are found again, with a warning', () => {
    const { graph } = toNir(looped({ there: 2, back: 0 }));
    const cut = { ...graph, edges: graph.edges.filter(([from, to]) => !(from === 'back' && to === 'a')) };
    const { synapses, warnings } = fromNir(cut);
    expect(synapses['there'].delay).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/^synapses: the loops are no longer/)]);
  });
});

it('edges that break loops: without them there is none, and with any of them there is one', () => {
  const places = ['a', 'b', 'c', 'd', 'e'];
  const place = fc.constantFrom(...places);
  fc.assert(
    fc.property(fc.array(fc.tuple(place, place), { maxLength: 12 }), (edges) => {
      const breaking = breakingEdges(places, edges, () => true);
      const rest = edges.filter((_, k) => !breaking.has(k));
      expect(closingEdges(places, rest).size).toBe(0);
      for (const k of breaking) expect(closingEdges(places, [...rest, edges[k]]).size).toBeGreaterThan(0);
      /** Whether a way leads on. */
      const leads = (from: string, to: string, seen = new Set<string>()): boolean =>
        edges.some(([one, other]) => {
          if (one !== from || seen.has(other)) return false;
          return other === to || leads(other, to, seen.add(other));
        });
      const inLoops = edges.flatMap(([from, to], k) => (from === to || leads(to, from) ? [k] : []));
      expect([...edgesInLoops(places, edges)]).toEqual(inLoops);
    }),
  );
});
