/**
 * The loss of every online algorithm over timesteps, with the floors of the Add task (Marschall, Cho & Savin 2020). Runs or resumes the sweep of
 * marschall2020-losses.ts, draws a figure for each alpha, and prints a table.
 *
 *     npx tsx scenarios/figures/marschall2020-losses.ts runs/losses
 *     npx tsx scenarios/figures/marschall2020-losses.ts runs/losses --seeds 3 --learner UORO,RFLO
 *     npx tsx scenarios/figures/marschall2020-losses.ts runs/losses-quick --quick
 */
import { join } from 'node:path';
import { quartiles } from 'rxflo';
import { asked } from './asked.ts';
import { coursePanel, parts, swept, type Course } from './courses.ts';
import { write } from './sheet.ts';

const { directory, size, learners } = asked('runs/losses', ['quick', 'seeds', 'learner']);

/** Lines that would hide each other are in different panels. */
const KINDS = [
  ['exact, or exact on average', ['readout only', 'RTRL', 'OK(2)', 'KF-RTRL', 'R-KF-RTRL', 'UORO']],
  ['influence cut short', ['readout only', 'RTRL', 'SnAp-1', 'RFLO', 'KeRNL']],
  ['credit or perturbation', ['readout only', 'RTRL', 'F-BPTT(10)', 'E-BPTT(10)', 'DNI', 'DNI(b)', 'node perturbation']],
] as const; // prettier-ignore

for (const alpha of [1, 0.5]) {
  const { cells, description } = await swept('marschall2020-losses', {
    ...{ directory: join(directory, `alpha-${alpha}`), ...size, settings: { tau: 1 / alpha } },
    ...(learners && { grid: { learner: learners } }),
  });
  const { floors } = description;
  const trials = Math.max(...description.learners.map((one) => one.trials));
  const found = cells.map(({ learner, realizations }): Course => ({ name: learner, realizations }));
  console.log(`alpha = ${alpha}\n\n| learner | 2nd | 5th | last | lowest |\n| --- | --- | --- | --- | --- |`);
  for (const { name, realizations } of found) {
    const tenths = realizations.flatMap((one) => (one ? [parts(one.losses, trials, 10)] : []));
    const columns = [1, 4, 9].map((k) => tenths.map((all) => all[k]));
    const shown = [...columns, tenths.map((all) => Math.min(...all))].map((all) => {
      const { low, median, high } = quartiles(all);
      return `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
    });
    console.log(`| ${name} | ${shown.join(' | ')} |`);
  }
  write(join(directory, `losses-alpha-${alpha}`), {
    title: `Losses of online algorithms over time, alpha = ${alpha}`,
    caption:
      'Add task: the mean loss of each thirtieth of the run. Lines are medians, bands reach from quartile to quartile over the seeds. Dotted: the floors if ' +
      'neither bit, one of them, or both are known. Readout only and RTRL are in all panels.',
    ...{ width: 390, height: 320 },
    panels: KINDS.map(([kind, names]) =>
      coursePanel(kind, names.flatMap((name) => found.filter((one) => one.name === name)), { trials, floors }),
    ), // prettier-ignore
  });
}
