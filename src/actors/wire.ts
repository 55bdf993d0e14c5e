import { chanceKey } from '../random/index.ts';
import type { Trial } from '../tasks/index.ts';
import type { TimestepBus } from './bus.ts';
import type { ActorNetwork } from './network.ts';
import type { Port } from './port.ts';

/** What the sources play and the error unit compares with while a trial runs. */
export interface Score {
  trial: Trial;
  /** Which trial it is, from 1. */
  number: number;
  /** What changes are multiplied by: 1/T. */
  step: number;
}

/** The ports of the two phases in which synapses change. */
export interface SynapsePhases {
  readonly learn: Port<number>;
  readonly apply: Port<number>;
}

/** Hangs the actors on the bus, in the order of a timestep. */
export function wire(network: ActorNetwork, bus: TimestepBus, score: Score): SynapsePhases {
  const { circuit, errorUnit, relearned } = network;
  const groups = [...network.groups.values()];
  const sources = [...network.sources.values()].flat();
  const connect = (port: Port<number>, name: string, next: (timestep: number) => void) => {
    port.connect({ name, next });
  };

  const tick = bus.stage('tick');
  connect(tick, 'axons', (timestep) => {
    for (const { tract } of groups) tract.tick(timestep);
  });
  connect(tick, 'inputs', (timestep) => {
    const row = (timestep - 1) * sources.length;
    for (let channel = 0; channel < sources.length; channel++) sources[channel].take(score.trial.input[row + channel]);
  });

  for (const { name } of circuit.order) {
    const transmit = bus.stage('transmit', name);
    for (const { group, tract } of groups) {
      if (group.to.name !== name) continue;
      connect(transmit, `axons of ${group.name}`, (timestep) => {
        tract.transmit(timestep);
      });
    }
    const neurons = network.neuronsOf(name);
    connect(bus.stage('integrate', name), `neurons ${name}`, () => {
      for (const neuron of neurons) neuron.integrate();
    });
  }

  connect(bus.stage('compare'), 'error unit', (timestep) => {
    errorUnit.compare(score.trial.target, (timestep - 1) * errorUnit.error.length);
  });

  const broadcast = bus.stage('broadcast');
  if (network.carriedFeedback.length > 0) {
    connect(broadcast, 'feedback weights', () => {
      network.carryFeedback();
    });
  }
  connect(broadcast, 'error unit', () => {
    errorUnit.broadcast();
  });
  // First those who bring the error to others.
  for (const axon of network.errorAxons) errorUnit.error$.connect(axon);
  for (const neuron of [...network.neurons.values()].flat()) errorUnit.error$.connect(neuron);

  const phases = { learn: bus.stage('learn'), apply: bus.stage('apply') };
  for (const { group, field } of [...groups, ...relearned]) {
    if (!group.rule) continue;
    connect(phases.learn, `dendrites of ${group.name}`, () => {
      field.learn();
    });
    const chance = group.settling?.chance;
    connect(phases.apply, `dendrites of ${group.name}`, (timestep) => {
      field.apply(score.step, chance === undefined ? 0 : chanceKey(chance, score.number, timestep));
    });
  }
  return phases;
}
