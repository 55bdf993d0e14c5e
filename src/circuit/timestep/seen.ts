import type { BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import { seenBy } from '../ends.ts';
import type { Draft } from './draft.ts';
import { sentName } from './rows.ts';
import { scalarForNeurons, scalarSource } from './scalars.ts';
import type { LearnStep, Source, Stage, Term } from './step.ts';
import { termOf } from './ways.ts';

/** The parts of a timestep being built that determine what synapses see. */
type Known = Pick<Draft, 'circuit' | 'rows' | 'constants' | 'heard' | 'find' | 'row' | 'stages'>;

/** What a group does to learn. */
export function learnStep(known: Known, stage: Stage, group: BuiltGroup): LearnStep {
  const { ways } = group.longer ? broughtTerm(known, group) : {};
  return { do: 'learn', stage, group, reads: seenRows(known, group), ...(ways && { ways }) };
}

/** What the synapses of a group see of their two neurons, and of global scalars; of an opaque rule, all that they could. */
function seenRows(known: Known, group: BuiltGroup): ReadonlyMap<string, Source> {
  const { from, to, rule, carries, message, delay } = group;
  const relearned = known.heard.feedback.find(({ synapses }) => synapses === group);
  const own = (name: string) => ownRow(known, to, name);
  const names = seenBy(from, to, { port: group.port, carries: message });
  const pre = Object.entries(names.pre).map(([name, row]): [string, Source] => {
    const path = `pre.${name}`;
    if (relearned) return [path, sourceOf(errorTerm(known, relearned))];
    if (row === carries) return [path, sourceOf(broughtTerm(known, group))];
    return [path, { kind: 'row', row: known.row(from, sentName(from, row)), late: delay }];
  });
  const post = Object.entries(names.post).map(([name, row]): [string, Source] => [`post.${name}`, own(row)]);
  const signal: Source = known.find(to, 'signal') ? own('signal') : { kind: 'number', value: 0 };
  const reads = rule?.analysis?.reads.map(({ path }) => path);
  const derivatives = [...known.rows.values()].flatMap(({ kind, population, name }): [string, Source][] =>
    kind === 'derivative' && population === to ? [[`post.${name}`, own(name)]] : [],
  );
  const all: [string, Source][] = [...pre, ...post, ...derivatives, ['post.signal', signal], ...scalars(known, rule)];
  return new Map(all.filter(([path]) => reads?.includes(path) ?? true));
}

/** Synapses that learn before the task answers see, as neurons do, its answer of the previous timestep. */
function scalars(known: Known, rule: BuiltGroup['rule']): readonly [string, Source][] {
  const { circuit } = known;
  const isAnswered = known.stages.some(({ phase }) => phase === 'compare');
  return (rule?.globals ?? []).map((name) => {
    const scalar = known.row(circuit.everyone, name);
    return [`global.${name}`, isAnswered ? scalarSource(scalar) : scalarForNeurons(circuit, scalar)];
  });
}

/** Whether a group's rule reads the number that the group carries, as its axons bring it; an opaque one may. */
export function readsBrought({ from, to, port, message, carries, rule }: BuiltGroup): boolean {
  const { pre } = seenBy(from, to, { port, carries: message });
  const reads = rule?.analysis?.reads.map(({ path }) => path);
  return !reads || Object.keys(pre).some((name) => pre[name] === carries && reads.includes(`pre.${name}`));
}

function ownRow(known: Known, population: BuiltPopulation, name: string): Source {
  const row = known.row(population, name);
  const value = known.constants.get(row);
  return value === undefined ? { kind: 'row', row, late: 0 } : { kind: 'number', value };
}

function sourceOf({ row, late }: Term): Source {
  return { kind: 'row', row, late };
}

/** What a group carries to its synapses, after its gate, if it has one. */
export function broughtTerm(known: Known, group: BuiltGroup): Term {
  const { from, carries, delay } = group;
  const sent = known.row(from, sentName(from, carries));
  return termOf(group, (longer) => {
    const gated = known.find(from, gatedName(group, longer));
    return gated ? { row: gated, late: 0 } : { row: sent, late: delay + longer };
  });
}

/** The name of the gated messages of synapses with a delay of `longer` timesteps more than the group's. */
export function gatedName({ name }: BuiltGroup, longer: number): string {
  return `${name} gated${longer > 0 ? ` ${longer} later` : ''}`;
}

/** The errors that a feedback carries. */
export function errorTerm(known: Known, feedback: BuiltFeedback): Term {
  const { name, from, broadcast } = feedback;
  const row = known.row(from, broadcast?.message ? `feedback.${name}` : 'error');
  return { weights: feedback, row, late: broadcast?.delay ?? 0 };
}
