import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  catalogueOf,
  circuit,
  feedbackOf,
  holds,
  synapseVariables,
  takeUpOf,
  timestepOf,
  type BuiltCircuit,
  type Circuit,
  type Engine,
  type Held,
  type Place,
  type Thing,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { roleOf, synapsesOf } from '../../src/locality/noninterference/entitlement.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { momentum } from '../../src/optimisers/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { expectBits } from '../support/agreement.ts';
import { heartCircuit } from '../support/heart.ts';
import { takingUp } from '../support/take-up.ts';

beforeAll(loadKernels);

const HOW = { schedule: 'trial', feedback: 'random', batch: 2 } as const;

/** Circuits over the whole language: with optimisers, copies of weights, gates, pools, scalars, spikes. */
function circuits(): readonly { readonly definition: Circuit; readonly trial: Trial }[] {
  return [1, 2, 3].flatMap((k) => {
    const { circuit: definition, trial } = heartCircuit(k, { spikes: true, pools: true, shared: true, atOnce: true });
    return [{ definition, trial }, takingUp(k)];
  });
}

function catalogue(built: BuiltCircuit): readonly Thing[] {
  const feedback = feedbackOf(built, 'random');
  return catalogueOf(built, timestepOf(built, { feedback, signalled: () => true }), {
    feedback,
    variables: (group) => group.rule && synapseVariables(group, takeUpOf(group, { ...HOW, byRules: true })),
  });
}

/** The same place by any engine's name. */
function nameOf(place: Place): string {
  return JSON.stringify(place, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('name' in value)) return value;
    return 'population' in value ? [value.name, (value.population as { readonly name: string }).name] : value.name;
  });
}

const valuesOf = (held: Held) => Float64Array.from({ length: held.length }, (_, k) => held.get(k));
const enginesOf = (built: BuiltCircuit): readonly Engine[] => [
  new ActorEngine(built, HOW),
  new KernelEngine(built, { algorithm: local(), ...HOW }),
];

describe('the catalogue lists', () => {
  it('what both engines hold, with equal bits in every timestep', () => {
    const seen = new Set<string>();
    for (const { definition, trial } of circuits()) {
      const built = build(definition, 1);
      const things = catalogue(built).filter(({ isConstant = false, place }) => place && !isConstant);
      const [actors, compiled] = enginesOf(built).map((engine) => {
        const held = new Map(engine.held().map((one) => [nameOf(one.place), one]));
        const found = things.map(({ place }) => held.get(place ? nameOf(place) : ''));
        const stops: (Float64Array | undefined)[][] = [];
        engine.trial(trial, {
          onPhase: (ended) => ended === 'learn' && stops.push(found.map((one) => one && valuesOf(one))),
        });
        return stops;
      });
      things.forEach(({ owner, name, shape, scope, place }, k) => {
        seen.add(scope);
        const named = `${owner}.${name}`;
        for (const t of actors.keys()) {
          const [expected, got] = [actors[t][k], compiled[t][k]];
          const length = shape.reduce((product, side) => product * side, scope === 'task' ? trial.timesteps : 1);
          expect(expected?.length, named).toBe(length);
          // A kernel whose neurons are taught nothing forms no learning signal.
          if (!got && place?.kind === 'row' && place.row.kind === 'signal') continue;
          if (expected && got) expectBits(`${named} in timestep ${t + 1}`, got, expected);
          else expect([named, got]).toEqual([named, expected]);
        }
      });
    }
    expect([...seen].sort()).toEqual(['compartment', 'global', 'own neuron', 'own synapse', 'population', 'task']);
  });

  it('exactly what weights and checkpoints keep, by the same names', () => {
    for (const carry of [false, true]) {
      for (const { definition } of circuits()) {
        const built = build(definition, 1, { carry });
        const kept = (among: 'weights' | 'carried') =>
          catalogue(built).flatMap((thing) => (thing.kept?.among === among ? [thing.kept.as] : []));
        for (const engine of enginesOf(built)) {
          expect(Object.keys(engine.weights())).toEqual(kept('weights'));
          expect(Object.keys(engine.carried()).sort()).toEqual([...kept('carried')].sort());
        }
      }
    }
  });

  it('what synapses have, all of which is read by its name, on both engines alike', () => {
    for (const { definition, trial } of circuits()) {
      const built = build(definition, 1);
      const own = catalogue(built).filter(({ scope, name }) => scope === 'own synapse' && name !== 'asked');
      const [actors, compiled] = enginesOf(built).map((engine) => {
        engine.trial(trial);
        return own.map(({ owner, name }) => {
          const reader = engine.reader({ synapses: owner, value: name });
          const values = new Float64Array(reader.length);
          reader.read(values, 0);
          return values;
        });
      });
      own.forEach(({ owner, name, shape }, k) => {
        expect(actors[k].length).toBe(shape[0]);
        expectBits(`${owner}.${name}`, compiled[k], actors[k]);
      });
    }
  });

  it('to noninterference what belongs to each synapse, and what to others', () => {
    for (const { definition } of circuits()) {
      const built = build(definition, 1);
      const learning = built.groups.filter(({ rule }) => rule);
      const things = catalogue(built).filter(({ isConstant = false }) => !isConstant);
      for (const synapse of synapsesOf(built, learning).filter((_, s) => s % 3 === 0)) {
        const { group, index, post, pre } = synapse;
        for (const { owner, name, scope, shape, place, row } of things) {
          for (let k = 0; place && k < shape[0]; k++) {
            const role = roleOf(place, k, synapse, 'broadcast', 1);
            const named = `${owner}.${name} ${k} to synapse ${index} of ${group.name}`;
            if (scope === 'own synapse') {
              expect(role !== undefined, named).toBe(owner === group.name && k === index);
            }
            if (scope === 'population' || scope === 'task') expect(role, named).toBeUndefined();
            if (scope === 'global' && role !== undefined) expect(group.rule?.globals, named).toContain(name);
            if ((scope === 'own neuron' || scope === 'compartment') && role !== undefined && row) {
              const isOwn = row.population === group.to && k === post;
              expect(isOwn || (row.population === group.from && k === pre), named).toBe(true);
            }
          }
        }
      }
    }
  });

  it('what the ledger counts that a synapse holds in order to learn', () => {
    for (const { definition, trial } of circuits()) {
      const built = build(definition, 1);
      const engine = new ActorEngine(built, HOW);
      const traffic = engine.countTraffic();
      engine.trial(trial);
      const own = catalogue(built).filter(({ scope }) => scope === 'own synapse');
      for (const { name, held } of traffic.groups) {
        const of = own.filter(({ owner, shape }) => owner === name && shape[0] > 0);
        expect([name, held]).toEqual([name, Math.max(0, of.length - 1)]);
      }
    }
  });
});

describe('holds', () => {
  const definition = circuit({
    neurons: { h: leakyTanh(3), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo(), delay: 2, optimiser: momentum() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const lines = (options?: Parameters<typeof holds>[1]) =>
    holds(definition, options).map(({ owner, name, scope, shape, back, kept }) =>
      [owner, name, scope, shape.join('x'), back, kept?.as ?? '-'].join(' | '),
    );

  it('says what a circuit holds', () => {
    expect(lines()).toEqual([
      'h | potential | compartment | 3 | 0 | -',
      'h | rate | own neuron | 3 | 2 | -',
      'h | slope | own neuron | 3 | 0 | -',
      'y | potential | compartment | 1 | 0 | -',
      'y | rate | own neuron | 1 | 0 | -',
      'y | error | own neuron | 1 | 0 | -',
      'h | signal | own neuron | 3 | 0 | -',
      'y | signal | own neuron | 1 | 0 | -',
      'recurrent | weight | own synapse | 9 | 0 | recurrent',
      'recurrent | asked | own synapse | 9 | 0 | -',
      'recurrent | p | own synapse | 9 | 0 | -',
      'recurrent | optimiser.v | own synapse | 9 | 0 | synapses.recurrent.optimiser.v',
      'readout | weight | own synapse | 3 | 0 | readout',
      'readout | asked | own synapse | 3 | 0 | -',
      'feedback.error | B | own neuron | 3x1 | 0 | -',
      'circuit | input | task | 0 | 0 | -',
      'circuit | target | task | 1 | 0 | -',
    ]);
  });

  it('says what goes on from trial to trial where trials carry on, and what a batch adds', () => {
    const added = lines({ carry: true, batch: 4 }).filter((line) => !lines().includes(line));
    expect(added).toEqual([
      'h | rate | own neuron | 3 | 2 | neurons.h.rate',
      'recurrent | p | own synapse | 9 | 0 | synapses.recurrent.p',
      'recurrent | batch.sum | own synapse | 9 | 0 | synapses.recurrent.batch.sum',
      'readout | batch.sum | own synapse | 3 | 0 | synapses.readout.batch.sum',
    ]);
  });

  it('is of rules: a reference keeps no traces, and what takes up its changes is read from it, too', () => {
    const engine = new Rtrl(build(definition, 1), { schedule: 'trial', feedback: 'random' });
    expect(engine.reader({ synapses: 'recurrent', value: 'optimiser.v' }).length).toBe(9);
    expect(() => engine.reader({ synapses: 'recurrent', value: 'p' })).toThrow("do not publish 'p' under a solver");
  });
});
