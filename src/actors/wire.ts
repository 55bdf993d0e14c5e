import type { BuiltPopulation } from '../circuit/index.ts';
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
  /** What changes are multiplied by: pace/T. */
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
  const inputs = circuit.inputs.map((population) => ({ population, sources: network.sourcesOf(population.name) }));
  const channels = inputs.reduce((sum, { sources }) => sum + sources.length, 0);
  const connect = (port: Port<number>, name: string, next: (timestep: number) => void) => {
    port.connect({ name, next });
  };

  const tick = bus.stage('tick');
  // Before the inputs: every neuron still publishes the timestep before, which is what axons put on their way, and gates scale by.
  connect(tick, 'axons', (timestep) => {
    for (const { tract } of groups) tract.tick(timestep);
  });
  connect(tick, 'inputs', (timestep) => {
    let channel = (timestep - 1) * channels;
    for (const { population, sources } of inputs) {
      const key = keyOf(population, score, timestep);
      for (const source of sources) source.take(score.trial.input[channel++], key);
    }
  });

  for (const population of circuit.order) {
    const { name } = population;
    const transmit = bus.stage('transmit', name);
    for (const { group, tract } of groups) {
      if (group.to.name !== name) continue;
      connect(transmit, `axons of ${group.name}`, (timestep) => {
        tract.transmit(timestep);
      });
    }
    const neurons = network.neuronsOf(name);
    connect(bus.stage('integrate', name), `neurons ${name}`, (timestep) => {
      const key = keyOf(population, score, timestep);
      for (const neuron of neurons) neuron.integrate(key);
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

/** What the draws of a population's axons have in common in a timestep. */
function keyOf({ sending }: BuiltPopulation, { number }: Score, timestep: number): number {
  return sending?.chance === undefined ? 0 : chanceKey(sending.chance, number, timestep);
}
