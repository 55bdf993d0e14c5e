import Table from 'cli-table3';
import { nameOf } from './cases.ts';
import type { Machine } from './machine.ts';
import type { Attendance, BenchResult, CaseResult, Measured } from './result.ts';

/** What the times were measured on, and how. */
export function heading(
  { cpu, cores, memoryGiB, system, node, load }: Machine,
  { rounds, secondsPerTurn }: BenchResult['settings'],
): string {
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}; load ${load.toFixed(2)} at the start.`,
    `Everyone on one thread, in turns of about ${secondsPerTurn} s; medians, and (min - max), over rounds: ${rounds}.`,
    'A ratio is taken within each round: the time of the one in the row, divided by that of the one named at the top.',
  ].join('\n');
}

/** One case, a line for each contender. */
export function caseTable({
  contenders,
  leftOut,
  timesteps,
  reference,
  checkedTrials,
  ...problem
}: CaseResult): string {
  const baselines = Object.keys(contenders[0].ratios);
  const table = new Table({
    head: [`${nameOf(problem)}, T = ${timesteps}`, 'ms a trial', ...baselines.map((name) => `/ ${name}`), 'differs by'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', ...baselines.map(() => 'right' as const), 'right'],
  });
  for (const { contender, milliseconds, ratios, difference } of contenders) {
    const shares = baselines.map((name) => (name === contender ? '1' : withSpread(ratios[name])));
    table.push([contender, withSpread(milliseconds), ...shares, difference === 0 ? '0' : difference.toExponential(0)]);
  }
  const others = Object.entries(leftOut).map(([name, why]) => `left out: ${name}: ${why}`);
  return [
    table.toString(),
    `Before, all learned the same: ${checkedTrials} trials, compared with ${reference}.`,
    ...others,
  ].join('\n');
}

/** How long kernels take to be built. */
export function buildTable(cases: readonly CaseResult[]): string {
  const names = Object.keys(cases[0].build);
  const table = new Table({
    head: ['building a kernel engine, ms', ...names],
    style: { head: [], border: [] },
    colAligns: ['left', ...names.map(() => 'right' as const)],
  });
  for (const { build, ...problem } of cases)
    table.push([nameOf(problem), ...names.map((name) => withSpread(build[name]))]);
  return `${table.toString()}\nEach was built several times in a new process; the first time takes longest.`;
}

/** Who took part, with what; and who did not. */
export function attendanceList(attendance: readonly Attendance[]): string {
  return attendance
    .map(({ contender, about, versions = {}, skipped }) => {
      const tools = Object.entries(versions).map((tool) => tool.join(' '));
      return skipped === undefined
        ? `${contender}: ${about}${tools.length > 0 ? ` (${tools.join(', ')})` : ''}`
        : `skipped: ${contender}: ${skipped}`;
    })
    .join('\n');
}

function withSpread({ median, min, max }: Measured): string {
  return `${short(median)} (${short(min)} - ${short(max)})`;
}

/** Three digits that count. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
