import type { Summary } from '../../recording/index.ts';
import { grouped, linearLabel } from '../drawing/numbers.ts';
import { engineNamed, type Result } from './results.ts';
import { pairs, table } from './table.ts';

function ownRules(rules: Summary['learners'][number]['rules'] = {}): string {
  return pairs(Object.fromEntries(Object.entries(rules).map(([group, { rule }]) => [group, rule])));
}

/** Tables of all settings of a run: of the run, the circuit and each learner. */
export function settingsTables(summary: Summary, results: readonly Result[]): string {
  const { circuit, task } = summary;
  const stops = Object.fromEntries(Object.entries(summary.stops).filter(([, value]) => value !== null));
  const run: [string, string][] = [
    ['scenario', summary.scenario],
    ['seed', String(summary.seed)],
    ['settings', pairs(summary.settings)],
    ['stop rules', pairs(stops)],
    ...(summary.carry ? [['state', 'carried on from trial to trial'] as [string, string]] : []),
    ['task', task.name],
    ['task settings', pairs(task.settings)],
    ['versions', pairs(summary.versions)],
  ];
  return [
    table<[string, string]>(
      'The run',
      [
        { head: 'Setting', cell: ([name]) => name },
        { head: 'Value', cell: ([, value]) => value || '–' },
      ],
      run,
    ),
    table(
      'Populations',
      [
        { head: 'Population', cell: ({ name }) => name },
        { head: 'Neuron model', cell: ({ model }) => model },
        { head: 'Units', cell: ({ size }) => grouped(size), number: true },
        { head: 'Parameters', cell: ({ params }) => pairs(params) || '–' },
        { head: 'Dials on axons', cell: ({ dials }) => pairs(dials) || '–' },
      ],
      circuit.populations,
    ),
    table(
      'Synapse groups, with delays in timesteps',
      [
        { head: 'Group', cell: ({ name }) => name },
        { head: 'From', cell: ({ from }) => from },
        { head: 'To', cell: ({ to }) => to },
        { head: 'Synapses', cell: ({ count }) => grouped(count), number: true },
        { head: 'Delay', cell: ({ delay }) => String(delay), number: true },
        { head: 'Rule', cell: ({ rule }) => rule ?? 'none (fixed)' },
        { head: 'Parameters', cell: ({ params }) => pairs(params) || '–' },
        { head: 'Dials', cell: ({ dials }) => pairs(dials) || '–' },
      ],
      circuit.synapses,
    ),
    circuit.feedback.length === 0
      ? ''
      : table(
          'Error feedback',
          [
            { head: 'Feedback', cell: ({ name }) => name },
            { head: 'From the error of', cell: ({ from }) => from },
            { head: 'To', cell: ({ to }) => to },
            { head: 'Dials', cell: ({ dials }) => pairs(dials) || '–' },
          ],
          circuit.feedback,
        ),
    table(
      'Learners',
      [
        { head: 'Learner', cell: ({ learner }) => learner },
        ...(results.some(({ how }) => how?.rules)
          ? [{ head: 'Own rules', cell: ({ how }: Result) => ownRules(how?.rules) || '–' }]
          : []),
        { head: 'Engine', cell: engineNamed },
        { head: 'Schedule', cell: ({ how }) => scheduleOf(how) },
        { head: 'Feedback', cell: ({ how }) => how?.feedback ?? '–' },
        {
          head: 'Half-life of learning rates',
          cell: ({ how }) => (how?.rateHalfLife ? `${linearLabel(how.rateHalfLife)} trials` : '–'),
        },
      ],
      results,
    ),
  ].join('');
}

function scheduleOf(how: Result['how']): string {
  if (!how) return '–';
  const parts = [
    how.schedule,
    ...(how.evaluation === undefined ? [] : [how.evaluation === 'history' ? 'by history' : 'by traces']),
    ...(how.batch === undefined ? [] : [`batches of ${how.batch}`]),
  ];
  return parts.join(', ');
}
