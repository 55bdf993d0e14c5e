import { joined } from '../../errors/index.ts';
import { whetherSame, type RunData, type Summary } from '../../recording/index.ts';
import { whatFallsAway, withoutKernels, type OpaquePart } from '../../training/index.ts';
import { grouped, significant } from '../drawing/numbers.ts';
import { escapeText } from '../drawing/text.ts';
import { warning } from './document.ts';
import type { Result } from './results.ts';

/** What ran, how it went and what went wrong, in plain sentences. */
export function statement({ summary, header, torn }: RunData, results: readonly Result[]): string {
  const learners = joined(results.map(({ learner }) => learner));
  const opening =
    summary === null
      ? `This is a run of ${learners}, with seed ${header.seed}.`
      : `${learners} ${results.length === 1 ? 'was' : 'were'} trained on the task “${summary.task.name}” in ${network(summary)}, with seed ${summary.seed}.`;
  const fates = results.map((result) => `<li>${escapeText(fared(result))}</li>`);
  const paragraphs = [`<p>${escapeText(opening)}</p><ul>${fates.join('')}</ul>`];
  if (summary === null) {
    paragraphs.push(warning('The run has not ended, or was killed: this report shows what it had recorded so far.'));
  } else if (summary.state === 'interrupted') {
    paragraphs.push(warning('The run was interrupted: this report shows what it had done until then.'));
  }
  for (const comparison of summary?.comparisons ?? []) {
    const { sentence, alarming } = whetherSame(comparison, summary?.learners ?? []);
    paragraphs.push(alarming ? warning(sentence) : `<p>${escapeText(sentence)}</p>`);
  }
  for (const part of summary === null ? [] : opaqueOf(summary)) {
    const sentence = whatFallsAway(part);
    paragraphs.push(warning(`${sentence[0].toUpperCase()}${sentence.slice(1)}.`));
  }
  // Files from before 'lack' have 'kernels' alone.
  const named = summary?.learners.map(({ learner: name, title, kernels, lack }) => ({
    ...{ name, title },
    lack: lack ?? (kernels ? undefined : 'no kernels'),
  }));
  for (const plain of withoutKernels(named ?? [])) {
    paragraphs.push(`<p>${escapeText(plain)}.</p>`);
  }
  if (torn) paragraphs.push(warning('The last record was not written completely and is left out.'));
  for (const { learner, error, ended } of results) {
    if (error !== null) paragraphs.push(warning(`${learner} failed: ${error}`));
    else if (ended === 'failed') paragraphs.push(warning(`${learner} failed.`));
  }
  return paragraphs.join('');
}

/** The opaque parts that ran: the solvers run no rules. */
function opaqueOf({ circuit, learners }: Summary): OpaquePart[] {
  const local = learners.some(({ algorithm }) => algorithm === 'local');
  return circuit.local.flatMap(({ kind, name, opaque }): OpaquePart[] => {
    if (!opaque || (kind === 'plasticity rule' && !local)) return [];
    return [{ kind: kind === 'plasticity rule' ? 'rule' : kind, name }];
  });
}

function network({ circuit: { populations, synapses } }: Summary): string {
  const parts = populations.map(
    ({ name, size, model }) => `${name} (${grouped(size)} ${model} ${size === 1 ? 'unit' : 'units'})`,
  );
  const count = synapses.reduce((sum, group) => sum + group.count, 0);
  return `a circuit of ${joined(parts)} with ${grouped(count)} ${count === 1 ? 'synapse' : 'synapses'}`;
}

function fared({ learner, trials, firstLoss, finalLoss }: Result): string {
  if (trials === 0 || firstLoss === null || finalLoss === null) return `${learner} ran no trials.`;
  if (trials === 1) return `${learner} ran 1 trial, with a loss of ${significant(firstLoss)}.`;
  return (
    `${learner} ran ${grouped(trials)} trials; its loss was ${significant(firstLoss)} in the first trial ` +
    `and ${significant(finalLoss)} on average over the last trials.`
  );
}
