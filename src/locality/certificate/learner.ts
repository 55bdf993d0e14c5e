import {
  followedReadouts,
  transposedReadouts,
  type BuiltCircuit,
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
 * @throws InputError if there is no such solver, or feedback is to be symmetric where there is no readout to transpose.
 */
export function certifyLearner(circuit: BuiltCircuit, { name, algorithm, feedback }: AuditedLearner): Certificate {
  if (algorithm === 'local') return certificate('learner', name, localSynapses(circuit, feedback));
  const footprint = footprintOf(algorithm, circuit, feedback);
  if (!footprint) throw new InputError('learner.algorithm', `${show(algorithm)} is none; give 'local' or a solver`);
  return certificate('learner', name, solverSynapses(circuit, algorithm, feedback, footprint));
}

function localSynapses(circuit: BuiltCircuit, feedback: FeedbackKind): readonly SynapseCertificate[] {
  return circuit.groups.flatMap(({ rule, name, to, from }) => {
    if (!rule) return [];
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
      ...synapses.notes,
    ];
    return [withOpaqueNeurons({ ...synapses, notes }, [from, to])];
  });
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
      if (readouts.length === 0) {
        return {
          class: 'three-factor, broadcast vector through fixed feedback',
          what: `a learning signal, the error of '${from.name}' through the fixed weights of feedback '${name}'`,
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
