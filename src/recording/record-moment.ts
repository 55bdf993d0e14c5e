import { feedbackWeights, type BuiltGroup, type GroupWeights } from '../circuit/index.ts';
import { RunError } from '../errors/index.ts';
import { observe, targetsOf, type Session } from '../training/index.ts';
import { usesFeedbackWeights } from './feedback-use.ts';
import type { RecordingWriter } from './recording-writer.ts';
import { FEEDBACK, numberArray, type Moment } from './records.ts';

/**
 * Records the weights of every group, and of every feedback that the learner receives; the activity of every population and the readings of shown
 * probes in the session's first trial; and after learning the scores of the test.
 *
 * @returns The error of a circuit that cannot run: it may diverge even without further learning.
 */
export function recordMoment(recording: RecordingWriter, session: Session, when: Moment): RunError | undefined {
  const { engine } = session;
  const learner = session.learner.name;
  const weights: GroupWeights = { ...engine.weights(), ...engine.carried() };
  for (const group of engine.circuit.groups) {
    const { to, from, name } = group;
    const values = numberArray(matrixOf(group, weights[name]), [to.size, from.size]);
    recording.append({ kind: 'weights', learner, when, group: name, values });
  }
  for (const feedback of usesFeedbackWeights(session.learner) ? engine.circuit.feedback : []) {
    const values = numberArray(feedbackWeights(feedback, weights), [feedback.to.size, feedback.from.size]);
    recording.append({ kind: 'weights', learner, when, group: `${FEEDBACK}${feedback.name}`, values });
  }
  const trial = session.trialOf(1);
  const { timesteps } = trial;
  const observed = attempt(() => observe(engine, trial));
  if (observed instanceof RunError) return observed;
  const targets = targetsOf(engine.circuit, trial);
  for (const { name, size } of engine.circuit.populations) {
    const rates = numberArray(observed.get(name) ?? new Float64Array(0), [timesteps, size]);
    const wanted = targets.get(name);
    const target = wanted ? numberArray(wanted, [timesteps, size]) : null;
    recording.append({ kind: 'activity', learner, when, population: name, rates, target });
  }
  const shown = attempt(() => session.shown?.read(trial));
  if (shown instanceof RunError) return shown;
  for (const [probe, { shape, values }] of shown ?? []) {
    recording.append({ kind: 'shown', learner, when, probe, values: numberArray(values, shape) });
  }
  const scores = when === 'after' ? attempt(() => session.scores()) : null;
  if (scores instanceof RunError) return scores;
  if (scores !== null) {
    const values = Float64Array.from(Object.values(scores));
    recording.append({ kind: 'scores', learner, values: numberArray(values, [values.length]) });
  }
  return undefined;
}

function attempt<T>(action: () => T): T | RunError {
  try {
    return action();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
}

function matrixOf({ to, from, rowStart, pre }: BuiltGroup, weights: Float64Array): Float64Array {
  const matrix = new Float64Array(to.size * from.size).fill(NaN);
  for (let i = 0; i < to.size; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) matrix[i * from.size + pre[k]] = weights[k];
  }
  return matrix;
}
