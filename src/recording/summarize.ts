import type { Parameter } from '../neurons/index.ts';
import { finalLoss } from '../analysis/index.ts';
import {
  partsOf,
  rangeOfDelays,
  turnedOnAxons,
  turnedOnFeedback,
  turnedOnSynapses,
  type Circuit,
} from '../circuit/index.ts';
import type { Certificate } from '../locality/index.ts';
import type { Optimiser } from '../optimisers/index.ts';
import { changeText, type PlasticityRule } from '../rules/index.ts';
import { engineOf, lackOf, learnedCircuits, type Learner, type OwnRules, type Plan } from '../training/index.ts';
import type { LearnerCheckpoint } from './checkpoint.ts';
import { compareEngines } from './engine-comparison.ts';
import { localParts } from './local-part.ts';
import { usesFeedbackWeights } from './feedback-use.ts';
import { finalScores } from './final-scores.ts';
import { readRun } from './read-run.ts';
import { isMeasure, readingsIn } from './readings.ts';
import { lastGradientAlignment } from './gradient-readings.ts';
import type { HeaderRecord } from './records.ts';
import type { LearnerData } from './run-data.ts';
import type { RunFiles } from './run-directory.ts';
import type { LearnerSummary, Summary } from './summary.ts';
import { version } from './version.ts';

/** Summarizes a run and its results from what was recorded. */
export function summarize(
  plan: Plan,
  scenario: string,
  files: RunFiles,
  learners: Readonly<Record<string, LearnerCheckpoint>>,
  certificates: readonly Certificate[],
): Summary {
  const {
    title,
    seed,
    settings,
    carry,
    task,
    probes,
    trials,
    targetLoss = null,
    patience = null,
    seconds = null,
  } = plan;
  const { header, learners: found } = readRun(files.directory, isMeasure);
  const recorded = new Map(found.map((learner) => [learner.name, learner]));
  const summaries = plan.learners.map((learner) =>
    summarizeLearner(
      learner,
      lackOf(learner, plan),
      header,
      recorded.get(learner.name),
      Object.hasOwn(learners, learner.name) ? learners[learner.name] : undefined,
    ),
  );
  const ended = plan.learners.every(({ name }) => Object.hasOwn(learners, name) && learners[name].ended !== null);
  const failed = summaries.some(({ error }) => error !== null);
  return {
    format: 'rxflo-summary/2',
    title,
    scenario,
    state: failed ? 'failed' : ended ? 'finished' : 'interrupted',
    seed,
    versions: { rxflo: version(), node: process.versions.node },
    settings,
    ...(carry && { carry }),
    stops: { trials: trials ?? null, targetLoss, patience, seconds },
    probes,
    circuit: {
      ...summarizeCircuit(plan.circuit, recorded),
      local: localParts(...learnedCircuits(plan.circuit, plan.learners)),
    },
    task: { name: task.name, settings: task.settings },
    learners: summaries,
    comparisons: compareEngines(plan.learners, recorded, summaries, () => readingsIn(files.directory)),
    certificates,
  };
}

function summarizeLearner(
  learner: Learner,
  lack: string | undefined,
  header: HeaderRecord,
  data: LearnerData | undefined,
  checkpoint: LearnerCheckpoint | undefined,
): LearnerSummary {
  const { name, algorithm, rules, precision, schedule, evaluation, batch, feedback, rateHalfLife } = learner;
  const loss = data?.trials.loss ?? new Float64Array(0);
  const alignment = usesFeedbackWeights(learner) ? (data?.trials.alignment.at(-1) ?? NaN) : NaN;
  const inTrials = checkpoint?.state.inTrials ?? 0;
  const failure = /^failed: (.*)$/s.exec(checkpoint?.ended ?? '');
  const saved = checkpoint?.state.trial ?? 0;
  return {
    learner: name,
    algorithm: algorithm.name,
    title: algorithm.title,
    settings: algorithm.settings,
    exact: algorithm.exact,
    kernels: algorithm.kernel !== undefined,
    ...(lack !== undefined && { lack }),
    ...(rules && { rules: namedRules(rules) }),
    engine: engineOf(learner),
    precision,
    schedule,
    ...(evaluation && { evaluation }),
    ...(batch > 1 && { batch }),
    feedback,
    rateHalfLife,
    trials: loss.length,
    ended: failure ? 'failed' : (checkpoint?.ended ?? (loss.length > 0 ? 'stopped' : 'not begun')),
    error: failure ? failure[1] : null,
    firstLoss: loss.at(0) ?? null,
    lastLoss: loss.at(-1) ?? null,
    finalLoss: loss.length > 0 ? finalLoss(loss) : null,
    alignment: Number.isNaN(alignment) ? null : alignment,
    gradientAlignment: data ? lastGradientAlignment(header, data) : null,
    scores: data ? finalScores(header, data) : {},
    seconds: inTrials / 1000,
    millisecondsPerTrial: saved > 0 ? inTrials / saved : null,
  };
}

function namedRules(rules: OwnRules): NonNullable<LearnerSummary['rules']> {
  return Object.fromEntries(
    Object.entries(rules).map(([group, given]) => {
      const { rule, optimiser } = partsOf(given);
      return [
        group,
        { rule: rule.name, params: parametersOf(rule), ...(optimiser && { optimiser: summaryOf(optimiser) }) },
      ];
    }),
  );
}

function summaryOf(optimiser: Optimiser): { readonly name: string; readonly params: ReturnType<typeof parametersOf> } {
  return { name: optimiser.name, params: parametersOf(optimiser) };
}

/** A rule's parameters as tables show them. */
function parametersOf({
  params,
  overTrials = {},
}: Pick<PlasticityRule, 'params' | 'overTrials'>): Readonly<Record<string, number | string>> {
  const changing = Object.entries(overTrials).map(([name, over]) => [name, changeText(over)] as const);
  return { ...params, ...Object.fromEntries(changing) };
}

function summarizeCircuit(
  circuit: Circuit,
  recorded: ReadonlyMap<string, LearnerData>,
): Omit<Summary['circuit'], 'local'> {
  const { neurons, synapses, feedback, axons } = circuit;
  const before = [...recorded.values()].find(({ weights }) => weights.before.size > 0)?.weights.before;
  const joined = (name: string) =>
    before?.get(name)?.values.reduce((sum, w) => sum + (Number.isNaN(w) ? 0 : 1), 0) ?? 0;
  return {
    populations: Object.entries(neurons).map(([name, { size, model, params, tunable = [] }]) => ({
      name,
      model: model?.name ?? 'input',
      size,
      params: Object.fromEntries(
        Object.entries(params).map(([key, value]) => {
          const overTrials = tunable.find((one) => one.name === key)?.overTrials;
          return [key, overTrials ? changeText(overTrials) : parameterText(value)];
        }),
      ),
      dials: turnedOnAxons(axons[name]),
    })),
    synapses: Object.entries(synapses).map(([name, group]) => ({
      name,
      from: group.from,
      to: group.to,
      delay: delayText(group),
      count: joined(name),
      rule: group.rule?.name ?? null,
      params: group.rule ? parametersOf(group.rule) : {},
      dials: turnedOnSynapses(group),
    })),
    feedback: Object.entries(feedback).map(([name, entry]) => ({
      name,
      from: entry.from,
      to: entry.to,
      dials: turnedOnFeedback(entry),
    })),
  };
}

/** Delays as tables show them: one number, or '1 to 20'. */
function delayText(group: Circuit['synapses'][string]): number | string {
  const { least, longest } = rangeOfDelays(group);
  return least === longest ? least : `${least} to ${longest}`;
}

/** A parameter as tables show it. */
function parameterText(value: Parameter): number | string {
  if (typeof value === 'number') return value;
  if (!('kind' in value)) return 'one for each neuron';
  switch (value.kind) {
    case 'normal':
      return `normal(mean ${value.mean}, sd ${value.sd})`;
    case 'uniform':
      return `uniform(${value.low}, ${value.high})`;
    case 'constant':
      return value.value;
  }
}
