import type { ComputeStep, Given, Playing, Source, Step, SumStep } from '../circuit/index.ts';
import { chanceKey } from '../random/index.ts';
import type { TimestepBus } from './bus.ts';
import type { ActorNetwork } from './network.ts';

/** Connects the actors to the bus, in the order of the timestep. */
export function wire(network: ActorNetwork, bus: TimestepBus, playing: Playing): void {
  const { stages, steps, repeat } = network.timestep;
  const until = repeat?.until;
  const listeners = steps.map((step) => ({ step, name: nameOf(step), next: running(step, network, playing) }));
  const late = network.tracts.filter((tract) => tract.atOnce && tract.late > 0);
  const arriving = (timestep: number) => {
    for (const tract of late) tract.arrive(timestep);
  };
  stages.forEach((stage, s) => {
    const port = bus.stage(stage);
    if (s === 0) port.connect({ name: 'axons', next: arriving });
    if (stage.phase === 'compare' && until) {
      const rows = until.rows.map((row) => network.row(row));
      const number = (k: number, i: number) => rows[k].get(i);
      const next = () => {
        playing.sweeps.look(number);
      };
      port.connect({ name: 'clock', next });
    }
    for (const listener of listeners) if (listener.step.stage === stage) port.connect(listener);
  });
}

/** The name of what runs a step, for errors. */
function nameOf(step: Step): string {
  if (step.do === 'score') return 'error unit';
  if ('population' in step) return `neurons ${step.population.name}`;
  return step.do === 'carry' ? `feedback ${step.feedback.name}` : `synapses ${step.group.name}`;
}

function running(step: Step, network: ActorNetwork, playing: Playing): (timestep: number) => void {
  switch (step.do) {
    case 'compute': {
      const neurons = network.neuronsOf(step.population);
      const given = network.addressed.givenTo(step).map((source) => giving(source, step, network, playing));
      return neurons.computing(step, given);
    }
    case 'sum':
      return summing(step, network);
    case 'total': {
      const all = network.neuronsOf(step.into.population);
      const { get } = network.row(step.row);
      const isSum = step.of === 'sum';
      return () => {
        let total = isSum ? 0 : -Infinity;
        for (let i = 0; i < step.population.size; i++) {
          const one = get(i);
          if (isSum) total += one;
          else if (one > total) total = one;
        }
        all.publish(step.into, 0, total);
      };
    }
    case 'score': {
      const squared = step.adds === 'squares';
      const { get } = network.row(step.row);
      return () => {
        for (let i = 0; i < step.population.size; i++) network.errorUnit.hear(get(i), squared);
      };
    }
    case 'carry':
      return () => network.carried.get(step.feedback)?.carry();
    case 'learn': {
      const { actors, branches, tuned, replay } = network.groupOf(step.group.name);
      if (replay) {
        return (timestep) => {
          const { timesteps } = playing.trial;
          replay.keep(timestep, timesteps);
          if (timestep === timesteps) replay.learn(timesteps, tuned);
        };
      }
      return () => {
        if (playing.sweeps.isLast) actors.learn(branches, tuned);
        else actors.trace(branches, tuned);
      };
    }
    case 'apply': {
      const { actors, branches, tuned } = network.groupOf(step.group.name);
      const { chance, pacesApart = false } = actors.takeUp ?? {};
      const { atOnce } = step.group;
      return (timestep) => {
        if (!playing.sweeps.isLast) return;
        const { trial, number, pace, due } = playing;
        const key = chance === undefined ? 0 : chanceKey(chance, number, timestep);
        const [paced, whole] = atOnce ? [pace, 1] : [1 / (trial.timesteps / pace), 1 / trial.timesteps];
        actors.apply(branches, tuned, { step: pacesApart ? whole : paced, key, pace, due: atOnce ? 1 : due });
      };
    }
  }
}

/** Dendrites sum up what axons bring. What was not sent as soon as it was computed is sent now. */
function summing({ population, into, terms }: SumStep, network: ActorNetwork): (timestep: number) => void {
  const bundles = terms.map(({ weights }) => network.bundleTo(weights));
  const waiting = bundles.map(({ tracts }) =>
    tracts.filter(({ atOnce }) => !atOnce).map((tract) => ({ tract, send: network.row(tract.row).send })),
  );
  const { begin, end } = network.neuronsOf(population).sum(into);
  return (timestep) => {
    begin();
    bundles.forEach((bundle, b) => {
      for (const { tract, send } of waiting[b]) {
        tract.arrive(timestep);
        send(tract.branches);
      }
      if (terms[b].by === undefined) bundle.transmit();
      else bundle.transmitAgain();
    });
    end();
  };
}

/** What each neuron of a compute step is given. */
function giving(source: Source, step: ComputeStep, network: ActorNetwork, playing: Playing): Given {
  if (source.kind !== 'row' && source.kind !== 'element') return playing.given(source);
  const isOwn = source.kind === 'row';
  const { branches } = network.tractBack(source.row, source.late, isOwn ? step : undefined);
  return { begin: () => undefined, number: (i) => branches[isOwn ? i : source.neuron].rate };
}
