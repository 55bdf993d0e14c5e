import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { linear } from '../../src/neurons/index.ts';
import { constant } from '../../src/random/index.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

const trialwise = { schedule: 'trial', feedback: 'random' } as const;

/** Every phase of a trial as text: 'transmit h', 'learn', ... */
function phasesOf(engine: ActorEngine, timesteps: number, learn = true): string[] {
  const phases: string[] = [];
  engine.phase$.subscribe(({ phase, timestep, population }) => {
    phases.push([timestep, phase, ...(population === undefined ? [] : [population])].join(' '));
  });
  engine.trial(noiseTrial(timesteps), { learn });
  return phases;
}

describe('a timestep', () => {
  const built = build(threeMatrices(), 1);
  const toBroadcast = (t: number) =>
    ['tick', 'transmit h', 'integrate h', 'transmit y', 'integrate y', 'compare', 'broadcast'].map(
      (phase) => `${t} ${phase}`,
    );

  it('has its phases in order, and applies changes at the end of the trial', () => {
    expect(phasesOf(new ActorEngine(built, trialwise), 2)).toEqual([
      ...[...toBroadcast(1), '1 learn'],
      ...[...toBroadcast(2), '2 learn', '2 apply'],
    ]);
  });

  it('applies changes at its own end when learning is online', () => {
    expect(phasesOf(new ActorEngine(built, { ...trialwise, schedule: 'online' }), 2)).toEqual([
      ...[...toBroadcast(1), '1 learn', '1 apply'],
      ...[...toBroadcast(2), '2 learn', '2 apply'],
    ]);
  });

  it('ends with the broadcast when nothing is to be learned', () => {
    expect(phasesOf(new ActorEngine(built, trialwise), 2, false)).toEqual([...toBroadcast(1), ...toBroadcast(2)]);
  });

  it('runs populations so that every group without delay runs forward, however they were declared', () => {
    const stack = circuit({
      neurons: { c: linear(2), a: linear(2), b: linear(2) },
      synapses: {
        back: { from: 'c', to: 'a', weights: constant(1), delay: 1 },
        bc: { from: 'b', to: 'c', weights: constant(1) },
        ab: { from: 'a', to: 'b', weights: constant(1) },
      },
      outputs: ['c'],
    });
    const phases: string[] = [];
    const engine = new ActorEngine(build(stack, 1), trialwise);
    engine.phase$.subscribe(({ phase, population }) => {
      if (phase === 'integrate') phases.push(String(population));
    });
    engine.trial({ timesteps: 1, input: new Float64Array(0), target: new Float64Array(2) });
    expect(phases).toEqual(['a', 'b', 'c']);
  });

  it('shows what each port sends within the phase that it belongs to', () => {
    const engine = new ActorEngine(built, trialwise);
    const seen: string[] = [];
    const note = (what: string) => () => {
      seen.push(what);
    };
    engine.phase$.subscribe(({ phase }) => seen.push(`| ${phase}`));
    engine.source('x', 0).axon$.subscribe(note('x'));
    engine.neuron('h', 0).axon$.subscribe(note('h'));
    engine.neuron('h', 0).dendrite$.subscribe(note('u'));
    engine.neuron('y', 1).axon$.subscribe(note('y'));
    engine.error$.subscribe(note('e'));
    engine.neuron('h', 0).signal$.subscribe(note('l'));
    engine.synapse('recurrent', 0, 1).trace$.subscribe(note('p'));
    engine.synapse('recurrent', 0, 1).weight$.subscribe(note('w'));
    engine.trial(noiseTrial(1));
    expect(seen.join(' ')).toBe(
      'x | tick | transmit u h | integrate | transmit y | integrate | compare l e | broadcast p | learn w | apply',
    );
  });
});
