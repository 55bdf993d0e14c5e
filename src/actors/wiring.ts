import type { ComputeStep, Row, Source, Step, SumStep } from '../circuit/index.ts';
import { chanceKey, chancePlace, draw } from '../random/index.ts';
import type { Now, TimestepBus } from './bus.ts';
import type { ActorNetwork } from './network.ts';

/** Connects the actors to the bus, in the order of the timestep. */
export function wire(network: ActorNetwork, bus: TimestepBus, now: Now): void {
  const { stages, steps, repeat } = network.timestep;
  const until = repeat?.until;
  const listeners = steps.map((step) => ({ step, name: nameOf(step), next: running(step, network, now) }));
  const late = network.tracts.filter((tract) => tract.atOnce && tract.late > 0);
  const arriving = (timestep: number) => {
    for (const tract of late) tract.arrive(timestep);
  };
  stages.forEach((stage, s) => {
    const port = bus.stage(stage);
    if (s === 0) port.connect({ name: 'axons', next: arriving });
    if (stage.phase === 'compare' && until) port.connect({ name: 'clock', next: looking(until.row, network, now) });
    for (const listener of listeners) if (listener.step.stage === stage) port.connect(listener);
  });
}

/** Who runs a step, for errors. */
function nameOf(step: Step): string {
  if (step.do === 'score') return 'error unit';
  if ('population' in step) return `neurons ${step.population.name}`;
  return step.do === 'carry' ? `feedback ${step.feedback.name}` : `synapses ${step.group.name}`;
}

function running(step: Step, network: ActorNetwork, now: Now): (timestep: number) => void {
  switch (step.do) {
    case 'compute': {
      const neurons = network.neuronsOf(step.population);
      const given = neurons.givenTo(step).map((source) => giving(source, step, network, now));
      return neurons.computing(step, given);
    }
    case 'sum':
      return summing(step, network);
    case 'total': {
      const [neurons, all] = [step.population, step.into.population].map((one) => network.neuronsOf(one));
      const number = neurons.reading(step.row);
      const [none, and] = step.of === 'sum' ? [0, plus] : [-Infinity, larger];
      return () => {
        let total = none;
        for (let i = 0; i < neurons.all.length; i++) total = and(total, number(i));
        all.publish(step.into, 0, total);
      };
    }
    case 'score': {
      const neurons = network.neuronsOf(step.population);
      const squared = step.adds === 'squares';
      const number = neurons.reading(step.row);
      return () => {
        for (let i = 0; i < neurons.all.length; i++) network.errorUnit.hear(number(i), squared);
      };
    }
    case 'carry':
      return () => network.carried.get(step.feedback)?.carry();
    case 'learn': {
      const { actors, branches, tuned, replay } = network.groupOf(step.group.name);
      if (replay) {
        return (timestep) => {
          const { timesteps } = now.trial;
          replay.keep(timestep, timesteps);
          if (timestep === timesteps) replay.learn(timesteps, tuned);
        };
      }
      return () => {
        if (now.sweeps.isLast) actors.learn(branches, tuned);
        else actors.trace(branches, tuned);
      };
    }
    case 'apply': {
      const { actors, branches, takeUp, tuned } = network.groupOf(step.group.name);
      const { chance, pacesApart = false } = takeUp ?? {};
      const { atOnce } = step.group;
      return (timestep) => {
        if (!now.sweeps.isLast) return;
        const key = chance === undefined ? 0 : chanceKey(chance, now.number, timestep);
        const [paced, whole] = atOnce ? [now.pace, 1] : [now.step, now.share];
        actors.apply(branches, tuned, {
          step: pacesApart ? whole : paced,
          key,
          pace: now.pace,
          due: atOnce ? 1 : now.due,
        });
      };
    }
  }
}

/** The clock looks whether these neurons have settled. */
function looking(row: Row, network: ActorNetwork, { sweeps }: Now): () => void {
  const neurons = network.neuronsOf(row.population);
  const number = neurons.reading(row);
  return () => {
    sweeps.look(number);
  };
}

/** Dendrites sum up what axons bring. What was not sent as soon as it was computed is sent now. */
function summing({ population, into, terms }: SumStep, network: ActorNetwork): (timestep: number) => void {
  const neurons = network.neuronsOf(population);
  const bundles = terms.map(({ weights }) => network.bundleTo(weights));
  const waiting = bundles.map(({ tracts }) =>
    tracts
      .filter(({ atOnce }) => !atOnce)
      .map((tract) => ({ tract, send: network.neuronsOf(tract.row.population).sending(tract) })),
  );
  const { begin, end } = neurons.summing(into);
  return (timestep) => {
    begin();
    bundles.forEach((bundle, b) => {
      for (const { tract, send } of waiting[b]) {
        tract.arrive(timestep);
        send();
      }
      if (terms[b].by === undefined) bundle.transmit();
      else bundle.transmitAgain();
    });
    end();
  };
}

/** What each neuron of a compute step is given. */
function giving(source: Source, step: ComputeStep, network: ActorNetwork, now: Now): (neuron: number) => number {
  switch (source.kind) {
    case 'row': {
      const { branches } = network.tractBack(source.row, source.late, step);
      return (i) => branches[i].rate;
    }
    case 'element': {
      const branch = network.tractBack(source.row, source.late).branches[source.neuron];
      return () => branch.rate;
    }
    case 'draw':
      return (i) => draw(chanceKey(source.seed, now.number, now.sweeps.frame), chancePlace(i));
    case 'timestep':
      return () => now.sweeps.timestep;
    case 'count':
      return () => now.before + now.sweeps.timestep;
    case 'sweep':
      return () => now.sweeps.sweep;
    case 'last':
      return () => (now.sweeps.isLast ? 1 : 0);
    case 'number':
      return () => source.value;
    case 'numbers':
      return (i) => source.values[i];
    case 'tuned':
      return () => source.now[0];
    default: {
      const { kind, channel } = source;
      return (i) => {
        const { trial, sweeps } = now;
        if (kind === 'target' && !sweeps.isLast) return NaN;
        const { timesteps, [kind]: signal } = trial;
        return signal[(sweeps.timestep - 1) * (signal.length / timesteps) + channel + i];
      };
    }
  }
}

function plus(a: number, b: number): number {
  return a + b;
}

function larger(a: number, b: number): number {
  return b > a ? b : a;
}
