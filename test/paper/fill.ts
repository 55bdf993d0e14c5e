/**
 * Brings what a sweep has measured into docs/murray-2019.md: between the two marks of its scenario's name a table of the best cells, and into
 * docs/figures those of its figures that the page shows.
 *
 *     npm run -s paper -- runs/murray2019-fig2-sweep --minutes 22
 *     npm run -s paper -- runs/murray2019-fig2-sweep --minutes 0.4 --quick
 */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { format, resolveConfig } from 'prettier';
import { readSweep, sweepFiles } from '../../src/recording/index.ts';
import { measured } from './measured.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const page = join(docs, 'murray-2019.md');

const { directory, minutes, quick } = asked();
const sweep = readSweep(directory);
const name = basename(sweep.description.scenario, '.ts');
const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${page} has no place for it: ${begin} and below it ${end}`);
const filled = `${text.slice(0, from)}${begin}\n\n${measured(sweep, { minutes, quick })}\n\n${text.slice(to)}`;
writeFileSync(page, await format(filled, { ...(await resolveConfig(page)), filepath: page }));
for (const [, shown] of text.matchAll(new RegExp(`\\(figures/${name}-([\\w-]+)\\.svg\\)`, 'g'))) {
  const figure = join(sweepFiles(directory).figures, `${shown}.svg`);
  if (existsSync(figure)) copyFileSync(figure, join(docs, 'figures', `${name}-${shown}.svg`));
}

function asked(): { readonly directory: string; readonly minutes: number; readonly quick: boolean } {
  const command = new Command('paper')
    .argument('<sweep>', 'the directory of a sweep')
    .requiredOption('--minutes <n>', 'how many minutes it took')
    .option('--quick', 'that it was of the quick size', false)
    .parse();
  const options = command.opts<{ minutes: string; quick: boolean }>();
  return { directory: command.args[0], minutes: Number(options.minutes), quick: options.quick };
}
