import {
  followedReadouts,
  isBuilt,
  refuseGates,
  transposedReadouts,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
} from '../../circuit/index.ts';
import { InputError, show } from '../../errors/index.ts';
import { footprintOf } from '../../solvers/index.ts';
import type { Certificate, Need, SynapseCertificate } from './certificate.ts';
import { certificate } from './certify.ts';
import { derivativesOf } from './derivatives.ts';
import { ruleSynapses } from './rule.ts';
import { withOpaqueNeurons } from './opaque-neurons.ts';
import { solverSynapses } from './solver.ts';
import { listed } from './words.ts';

/** Of a learner, what its locality hangs on. */
export interface AuditedLearner {
  readonly name: string;
  /** 'local', the circuit's own rules, or a solver's name. */
  readonly algorithm: string;
  readonly feedback: FeedbackKind;
}

/**
 * What a learner needs on a circuit: for its own rules, what their text reads and where their learning signals come from there; for a
 * solver, what its tables say that it reads. Its class is the least local of all that any of its synapses needs.
 *
 * @throws InputError if there is no such solver, or a group is gated, where no solver learns; or if feedback is to be symmetric where there is
 * no readout to transpose.
 */
export function certifyLearner(circuit: BuiltCircuit, { name, algorithm, feedback }: AuditedLearner): Certificate {
  if (!isBuilt(circuit)) {
    throw new InputError(
      'circuit',
      'is a copy of a built circuit, or was put together by hand, and nothing can be certified of it; give what build(circuit, seed) returned',
    );
  }
  if (algorithm === 'local') return certificate('learner', name, localSynapses(circuit, feedback));
  refuseGates(circuit.groups, algorithm);
  const footprint = footprintOf(algorithm, circuit, feedback);
  if (!footprint) throw new InputError('learner.algorithm', `${show(algorithm)} is none; give 'local' or a solver`);
  return certificate('learner', name, solverSynapses(circuit, algorithm, feedback, footprint));
}

function localSynapses(circuit: BuiltCircuit, feedback: FeedbackKind): readonly SynapseCertificate[] {
  const relearning = circuit.feedback.flatMap(({ synapses }) => synapses ?? []);
  return [...circuit.groups, ...relearning].flatMap((group) => {
    const { rule, name, to, from } = group;
    if (!rule) return [];
    const relearned = circuit.feedback.find(({ synapses }) => synapses === group);
    const signal = signalAt(circuit, to, feedback);
    const { slope, retention } = derivativesOf(to);
    const known = {
      ...(slope !== undefined && { 'post.slope': slope }),
      ...(retention !== undefined && { 'post.retention': retention }),
      ...(signal.length === 0 && { 'post.signal': 0 }),
    };
    const synapses = ruleSynapses(rule, name, signal, known);
    const hears = synapses.reads?.['learning signal'] !== undefined;
    const notes = [
      ...(hears && circuit.outputs.includes(to)
        ? ["its third factor is its own neuron's error, local to the output neuron"]
        : []),
      ...(hears && signal.length === 0
        ? [`its learning signal is always 0: '${to.name}' is no output and hears no feedback`]
        : []),
      ...gating(group),
      ...(relearned
        ? [`its presynaptic rate is the error of '${from.name}', as feedback '${relearned.name}' brings it`]
        : []),
      ...circuit.feedback
        .filter((feedback) => feedback === relearned || (hears && feedback.to === to))
        .flatMap(lateness),
      ...synapses.notes,
    ];
    return [withOpaqueNeurons({ ...synapses, notes }, relearned ? [to] : [from, to])];
  });
}

function gating({ gate }: BuiltGroup): readonly string[] {
  if (!gate) return [];
  const who = `neuron ${gate.neuron} of '${gate.from.name}'`;
  return [
    `its axons are gated by ${who}: each hears one event a timestep, what that neuron sent in the timestep before, and scales by it what it brings; ` +
      'its synapses have the product as their presynaptic rate, and nothing else of the gate, so that is local',
  ];
}

function lateness({ name, broadcast }: BuiltFeedback): readonly string[] {
  const { delay = 0 } = broadcast ?? {};
  return delay === 0
    ? []
    : [`through feedback '${name}' the error arrives ${delay} ${delay === 1 ? 'timestep' : 'timesteps'} late`];
}

/** Where the learning signal of a population comes from; nothing, where it is always 0. */
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
        class: 'needs weight transport',
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
