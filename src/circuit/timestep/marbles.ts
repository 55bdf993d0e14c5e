import type { BuiltCircuit } from '../built.ts';
import { heardBy } from '../credit.ts';
import type { FeedbackKind } from '../engine.ts';
import type { PhaseName, Row, Stage, Step } from './step.ts';
import { timestepOf } from './timestep-of.ts';
import type { Timestep } from './timestep.ts';

/**
 * A timestep of a circuit that learns by its own rules, as a marble diagram: a line for each of its parts, with its place in the order, and what is
 * done.
 *
 *     transmit h    -o-------   h.potential = recurrent (h.rate, 1 late) + input (x.rate)
 *
 * For a circuit that repeats, it shows a sweep; a line before it says how many sweeps there are.
 *
 * @throws InputError if feedback is symmetric and the circuit has no readout to transpose.
 */
export function marbles(circuit: BuiltCircuit, feedback: FeedbackKind = 'random'): string {
  const { stages, steps, repeat } = timestepOf(circuit, {
    feedback: heardBy(circuit, feedback),
    signalled: () => true,
  });
  const lines = stages.flatMap((stage) => {
    const done = steps.filter((step) => step.stage === stage).map(said);
    const when = repeat && ENDING.includes(stage.phase) ? 'in the last sweep: ' : '';
    return done.length > 0 ? [{ name: nameOf(stage), done: when + [...new Set(done)].join('; ') }] : [];
  });
  const width = Math.max(...lines.map(({ name }) => name.length));
  const drawn = lines
    .map(({ name, done }, k) => {
      const marble = `${'-'.repeat(k)}o${'-'.repeat(lines.length - k - 1)}`;
      return `${name.padEnd(width)}   ${marble}   ${done}`;
    })
    .join('\n');
  return repeat ? `${repeatedly(repeat)}\n${drawn}` : drawn;
}

/** What happens only in the last sweep of a timestep; in the others errors are 0, and synapses that learn only update their state. */
const ENDING: readonly PhaseName[] = ['learn at once', 'compare', 'broadcast', 'learn', 'apply'];

function repeatedly({ times, until }: NonNullable<Timestep['repeat']>): string {
  if (!until) return `each timestep: ${times} sweeps`;
  return `each timestep: up to ${times} sweeps, until no ${until.rows.map(rowName).join(' and no ')} has moved by ${until.moves} or more`;
}

function nameOf({ phase, population, group }: Stage): string {
  const of = population ?? group;
  return of ? `${phase} ${of.name}` : phase;
}

function said(step: Step): string {
  switch (step.do) {
    case 'compute':
      return step.results.map(({ row }) => rowName(row)).join(', ');
    case 'sum': {
      const terms = step.terms.map(({ weights, row, late }) => {
        const when = late === 0 ? '' : `, ${late} late`;
        return `${weights.name} (${rowName(row)}${when})`;
      });
      return `${rowName(step.into)} = ${[...(step.start ? [rowName(step.start)] : []), ...terms].join(' + ') || '0'}`;
    }
    case 'total':
      return `${step.into.name} = ${step.of} of ${rowName(step.row)}`;
    case 'score':
      return `loss of ${step.population.name}`;
    case 'carry':
      return `weights of ${step.feedback.name}`;
    case 'learn':
      return `${step.group.name} requests its changes`;
    case 'apply':
      return `${step.group.name} applies them`;
  }
}

function rowName({ population, name }: Row): string {
  return `${population.name}.${name}`;
}
