import type { LocalPart, Summary } from '../../recording/index.ts';
import { escapeText } from '../drawing/text.ts';
import { pairs, table } from './table.ts';

/** What each rule and neuron model computes, reads and costs, derived from its source text; for an opaque one, that all this is unknown. */
export function localPartsSection({ circuit, learners }: Summary): string {
  if (circuit.local.length === 0) return ''; // an earlier summary
  const key =
    'The weight update ΔW of the synapse from neuron j to neuron i, and the new rate h of neuron i, as computed in every timestep t. ' +
    'Here u is the neuron’s summed input, l its learning signal, W the weight and η the learning rate. The session divides updates by the length of the trial.';
  const parts = circuit.local.map((part) => section(part, usesOf(part, circuit, learners)));
  return `<h2>Rules and neurons</h2><p>${escapeText(key)}</p>${parts.join('')}`;
}

/** The groups or populations that use it, each with its parameters. */
function usesOf(
  { kind, name }: LocalPart,
  { synapses, populations }: Summary['circuit'],
  learners: Summary['learners'],
): string {
  const own = learners.flatMap(({ learner, rules = {} }) =>
    Object.entries(rules).map(([group, rule]) => ({ ...rule, name: `${group} of learner ${learner}` })),
  );
  const uses =
    kind === 'plasticity rule'
      ? [...synapses, ...own].filter(({ rule }) => rule === name)
      : populations.filter(({ model }) => model === name);
  return uses
    .map((use) => `${use.name}${Object.keys(use.params).length > 0 ? `: ${pairs(use.params)}` : ''}`)
    .join('; ');
}

function section(part: LocalPart, uses: string): string {
  const { kind, name } = part;
  const heading = `<h3>${escapeText(`${name}, a ${kind}`)}</h3>`;
  if (part.opaque) {
    const unknown = `Opaque: its source text is not analysed. So what it computes, reads and costs is unknown, it is not certified as local, and it runs only as actors. It is used in ${uses}.`;
    return `<section>${heading}<p class="warning">${escapeText(unknown)}</p></section>`;
  }
  const { formulas, reads, cost } = part;
  const each = kind === 'plasticity rule' ? 'synapse' : 'neuron';
  const operations = Object.entries(cost.operations).map(([operation, count]) => `${count} ${operation}`);
  const rows: [string, string][] = [
    [kind === 'plasticity rule' ? 'Synapse groups and parameters' : 'Populations and parameters', uses],
    ...Object.entries(reads).map(([scope, paths]): [string, string] => [`Reads, ${scope}`, paths.join(', ')]),
    [
      `Costs per ${each} and timestep`,
      `${cost.total} operations${operations.length > 0 ? ` (${operations.join(', ')})` : ''}; ${cost.bytes} bytes stored, in float64`,
    ],
  ];
  const latex = formulas.map((formula) => formula.latex).join('\n');
  return (
    `<section>${heading}<div class="wide formulas">${formulas.map(({ mathml }) => mathml).join('')}</div>` +
    `<details><summary>In LaTeX</summary><pre>${escapeText(latex)}</pre></details>` +
    `${table<[string, string]>(
      `What ${name} reads and costs`,
      [
        { head: 'What', cell: ([what]) => what },
        { head: 'Is', cell: ([, value]) => value || '–' },
      ],
      rows,
    )}</section>`
  );
}
