import { algorithmNamed, asAlgorithm } from '../../algorithms/index.ts';
import {
  carriesEvents,
  followedReadouts,
  handedBack,
  isBuilt,
  longestDelay,
  refuseAlso,
  scheduled,
  transposedReadouts,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGlobal,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
  type History,
  type Schedule,
} from '../../circuit/index.ts';
import { InputError, joined } from '../../errors/index.ts';
import type { LearningAlgorithm } from '../../solvers/index.ts';
import { broughtByFixed } from './brought.ts';
import type { Certificate, Need, SynapseCertificate } from './certificate.ts';
import { certificate } from './certify.ts';
import { followingClass } from './classes.ts';
import { derivativesOf } from './derivatives.ts';
import { withOptimiser } from './optimised.ts';
import { withOutside } from './outside.ts';
import { withRepeat } from './repeated.ts';
import { ruleSynapses } from './rule.ts';
import { withOpaqueNeurons } from './opaque-neurons.ts';
import { solverSynapses } from './solver.ts';
import { uncertified } from './uncertified.ts';
import { listed } from './words.ts';

/** What the locality of a learner depends on. */
export interface AuditedLearner {
  readonly name: string;
  /** Its algorithm, or the name of a built-in one: 'local', 'bptt'. */
  readonly algorithm: string | LearningAlgorithm;
  readonly feedback: FeedbackKind;
  /** When changes are applied; 'online' is noted, because each change is then multiplied by 1/T at once. Default: unspecified. */
  readonly schedule?: Schedule;
}

/**
 * What a learner needs on a circuit. For the circuit's own rules: what their text reads, where their learning signals come from, and what is brought
 * to them from outside. For another algorithm: what its footprint states. Its class is the least local of everything that any of its synapses needs.
 *
 * @throws InputError if the algorithm is unknown, or a group is gated, or neurons read a scalar from a neuron, which a footprint does not cover; or
 * if feedback must be symmetric but there is no readout to transpose.
 */
export function certifyLearner(
  circuit: BuiltCircuit,
  { name, algorithm: given, feedback, schedule }: AuditedLearner,
): Certificate {
  if (!isBuilt(circuit)) {
    throw new InputError(
      'circuit',
      'is a copy of a built circuit or was put together by hand, so nothing can be certified; give what build(circuit, seed) returned',
    );
  }
  const atOnce: readonly (string | null)[] = circuit.groups.filter((group) => group.atOnce).map((group) => group.name);
  const algorithm = asAlgorithm('learner.algorithm', given);
  const outside = algorithm.outside?.(circuit);
  const learning =
    algorithm.rules || outside
      ? localSynapses(scheduled(circuit, schedule ?? 'trial'), feedback).map(withOutside(algorithm.name, outside ?? []))
      : algorithmSynapses(circuit, algorithm, feedback);
  const synapses = learning.map((each) => withRepeat(circuit, withOptimiser(circuit, each)));
  const told = (one: SynapseCertificate) => (atOnce.includes(one.group) ? one : toldTheLength(one));
  return certificate('learner', name, schedule === 'online' ? synapses.map(told) : synapses);
}

function algorithmSynapses(
  circuit: BuiltCircuit,
  algorithm: LearningAlgorithm,
  feedback: FeedbackKind,
): readonly SynapseCertificate[] {
  const { name, footprint } = algorithm;
  if (!footprint) {
    const why = `algorithm '${name}' does not state what its updates read (its footprint)`;
    return circuit.groups.flatMap((group) => (group.rule ? [uncertified(group.name, null, why)] : []));
  }
  refuseAlso(circuit.groups, name);
  const synapses = solverSynapses(circuit, name, feedback, footprint(circuit, { feedback }));
  const held = circuit.groups.filter(({ atOnce }) => atOnce).map((group) => group.name);
  const notes = [
    ...(held.length > 0 ? [`${listed(held)} would learn at once by rules, and '${name}' leaves them unchanged`] : []),
    ...(algorithmNamed(name) ? [] : [`as stated by the footprint of algorithm '${name}'; not checked here`]),
  ];
  return synapses.map((each) => ({ ...each, notes: [...each.notes, ...notes] }));
}

/** With schedule 'online', 1/T is used before the trial has ended. */
function toldTheLength(synapses: SynapseCertificate): SynapseCertificate {
  const note =
    'each timestep applies 1/T of the requested change, so the synapse knows from the first timestep how long the trial will be';
  return { ...synapses, notes: [...synapses.notes, note] };
}

const BY_HISTORY =
  'it learns when the trial has ended: its neuron goes back through what it published, and its axon brings its events again; nothing is applied before that';

/**
 * What is kept if a group learns by history. A synapse keeps its weight. A neuron keeps what is read of it in each timestep, including constants,
 * and how much an event counts.
 */
function keptOf({ text }: History): SynapseCertificate['stores'] {
  const read = text.reads.filter(({ path, scope }) => scope !== 'parameter' && handedBack(path) === undefined);
  return { numbers: 1, bytes: Float64Array.BYTES_PER_ELEMENT, perNeuronAndTimestep: read.length + 1 };
}

function localSynapses(circuit: BuiltCircuit, feedback: FeedbackKind): readonly SynapseCertificate[] {
  const relearning = circuit.feedback.flatMap(({ synapses }) => synapses ?? []);
  return [...circuit.groups, ...relearning].flatMap((group) => {
    const { rule, name, to, from, gate } = group;
    if (!rule) return [];
    const scalars = circuit.globals.filter((one) => rule.globals?.includes(one.name));
    const senders = scalars.flatMap((one) => (one.kind === 'neuron' ? [one.from] : []));
    const relearned = circuit.feedback.find(({ synapses }) => synapses === group);
    const signal = signalAt(circuit, to, feedback);
    const { slope, retention } = derivativesOf(to);
    const known = {
      ...(slope !== undefined && { 'post.slope': slope }),
      ...(retention !== undefined && { 'post.retention': retention }),
      ...(signal.length === 0 && { 'post.signal': 0 }),
    };
    const synapses = ruleSynapses(rule, {
      ...{ group: name, signal, gate: gating(group), brought: broughtByFixed(circuit, group), known },
      scalars: Object.fromEntries(scalars.map((one) => [one.name, scalarInWords(one)])),
    });
    const hears = synapses.reads?.['learning signal'] !== undefined;
    const notes = [
      ...(group.atOnce
        ? ['it learns at once: the whole change is applied within the timestep, whatever the schedule']
        : []),
      ...(group.history ? [BY_HISTORY] : []),
      ...(hears && circuit.outputs.includes(to) ? [ownErrorOf(to)] : []),
      ...(synapses.reads?.postsynaptic ? pooledIn(to) : []),
      ...(hears && signal.length === 0
        ? [`its learning signal is always 0: '${to.name}' is not an output and hears no feedback`]
        : []),
      ...(relearned
        ? [`its presynaptic rate is the error of '${from.name}', as feedback '${relearned.name}' brings it`]
        : []),
      ...arrivalOf(group),
      ...circuit.feedback
        .filter((feedback) => feedback === relearned || (hears && feedback.to === to))
        .flatMap(lateness),
      ...synapses.notes,
    ];
    // What it reads may depend on all of these: what its axon brings, what its gate sent, what a neuron sends to all, and the errors that it
    // receives or relearns by.
    const errors = hears
      ? circuit.feedback.filter((feedback) => feedback.to === to).map((feedback) => feedback.from)
      : [];
    return [
      withOpaqueNeurons({ ...synapses, ...(group.history && { stores: keptOf(group.history) }), notes }, [
        from,
        to,
        ...(gate ? [gate.from] : []),
        ...senders,
        ...errors,
      ]),
    ];
  });
}

function ownErrorOf({ name, loss }: BuiltPopulation): string {
  const error = "its learning signal is its own neuron's error, which that output neuron has itself";
  return loss && loss.sums.length > 0
    ? `${error}, made with sums over all neurons of '${name}': ${joined(loss.sums.map((sum) => sum.name))}`
    : error;
}

/** The pools that its neuron's publications may depend on. */
function pooledIn({ name, model }: BuiltPopulation): readonly string[] {
  const { pools = [] } = model ?? {};
  if (pools.length === 0) return [];
  return [
    `its neuron uses ${joined(pools.map((pool) => pool.name))}, which are computed from all neurons of '${name}'`,
  ];
}

/** Where a global scalar comes from. */
function scalarInWords(one: BuiltGlobal): string {
  switch (one.kind) {
    case 'clock':
      return 'a clock';
    case 'task':
      return 'what the task answers';
    case 'neuron':
      return `what neuron ${one.neuron} of '${one.from.name}' sent in the timestep before`;
  }
}

function gating({ gate }: BuiltGroup): readonly Need[] {
  if (!gate) return [];
  return [
    {
      class: 'three-factor, gating neuron',
      what:
        `its presynaptic rate times what neuron ${gate.neuron} of '${gate.from.name}' sent in the timestep before, which gates its axon: ` +
        'only this product, and nothing else of the gate',
    },
  ];
}

/** Notes on what its axon brings. */
function arrivalOf(group: BuiltGroup): readonly string[] {
  const { delay, longer } = group;
  return [
    ...(carriesEvents(group) ? [`its axon brings events, 0 or 1`] : []),
    ...(longer
      ? [
          `each synapse has a delay of its own, ${delay} to ${longestDelay(group)} timesteps, and learns from what arrives by it`,
        ]
      : []),
  ];
}

function lateness({ name, broadcast }: BuiltFeedback): readonly string[] {
  const { delay = 0 } = broadcast ?? {};
  return delay === 0
    ? []
    : [`through feedback '${name}' the error arrives ${delay} ${delay === 1 ? 'timestep' : 'timesteps'} late`];
}

/** Where the learning signal of a population comes from; empty if it is always 0. */
function signalAt(circuit: BuiltCircuit, population: BuiltPopulation, kind: FeedbackKind): readonly Need[] {
  const own: Need = { class: 'two-factor local', what: 'its own error, that of an output neuron' };
  const heard = circuit.feedback.filter(({ to }) => to === population);
  return [
    ...(circuit.outputs.includes(population) ? [own] : []),
    ...heard.map((feedback): Need => {
      const { name, from } = feedback;
      const symmetric = kind === 'symmetric';
      const readouts = symmetric ? transposedReadouts(circuit, feedback) : followedReadouts(feedback);
      const relearned = symmetric ? undefined : relearnedBy(circuit, feedback);
      if (relearned && relearned.to !== population) {
        return {
          class: 'needs weight transport',
          what: `the current weights of '${relearned.name}', which end on neurons of '${relearned.to.name}' and are shared by feedback '${name}'`,
        };
      }
      if (readouts.length === 0) {
        const weights = relearned
          ? `the weights of feedback '${name}', which the synapses of '${relearned.name}' on its own neuron relearn`
          : `the fixed weights of feedback '${name}'`;
        return {
          class: 'three-factor, broadcast vector through fixed feedback',
          what: `a learning signal, the error of '${from.name}' through ${weights}`,
        };
      }
      return {
        class: symmetric ? 'needs weight transport' : followingClass(feedback),
        what:
          `the current weights of ${listed(readouts.map((readout) => readout.name))}, which end on neurons of '${from.name}', ` +
          (symmetric ? `transposed in place of feedback '${name}'` : `to which feedback '${name}' is held at an angle`),
      };
    }),
  ];
}

/** The synapses that relearn a feedback's weights, its own or those of the feedback that it shares them with. */
function relearnedBy(circuit: BuiltCircuit, { carriage }: BuiltFeedback): BuiltGroup | undefined {
  return circuit.feedback
    .flatMap(({ synapses }) => synapses ?? [])
    .find((synapses) => carriage?.sources.some(({ group }) => group === synapses));
}
