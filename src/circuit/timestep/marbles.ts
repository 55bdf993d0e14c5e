import type { BuiltCircuit } from '../built.ts';
import { heardBy } from '../credit.ts';
import type { FeedbackKind } from '../engine.ts';
import type { Row, Stage, Step } from './step.ts';
import { Timestep } from './timestep.ts';

/**
 * A timestep of a circuit that learns by its own rules, as a marble diagram: a line for each of its parts, with when it comes, and what is done.
 *
 *     transmit h    -o-------   h.potential = recurrent (h.rate, 1 late) + input (x.rate)
 *
 * @throws InputError if feedback is to be symmetric and there is no readout to transpose.
 */
export function marbles(circuit: BuiltCircuit, feedback: FeedbackKind = 'random'): string {
  const { stages, steps } = new Timestep(circuit, { feedback: heardBy(circuit, feedback), signalled: () => true });
  const lines = stages.flatMap((stage) => {
    const done = steps.filter((step) => step.stage === stage).map(said);
    return done.length > 0 ? [{ name: nameOf(stage), done: [...new Set(done)].join('; ') }] : [];
  });
  const width = Math.max(...lines.map(({ name }) => name.length));
  return lines
    .map(({ name, done }, k) => {
      const marble = `${'-'.repeat(k)}o${'-'.repeat(lines.length - k - 1)}`;
      return `${name.padEnd(width)}   ${marble}   ${done}`;
    })
    .join('\n');
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
      return `${step.group.name} asks for its changes`;
    case 'apply':
      return `${step.group.name} takes them up`;
  }
}

function rowName({ population, name }: Row): string {
  return `${population.name}.${name}`;
}
