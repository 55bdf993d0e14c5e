import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { build } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { certifyLearner } from '../locality/index.ts';
import {
  learnerQuartiles,
  makeDirectory,
  pairQuartiles,
  type AlignedLearner,
  type Alignment,
} from '../recording/index.ts';
import { costOf } from '../sweep/index.ts';
import { loadEngines, quickOf, runBeside, type Plan } from '../training/index.ts';
import { names, number, quickOption, settingsFrom } from './options.ts';

interface AlignmentFlags {
  readonly seeds?: number;
  readonly trials?: number;
  readonly repeats?: number;
  readonly learner?: readonly string[];
  readonly quick?: boolean;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `rxflo alignment SCENARIO`: how alike the gradients are that a scenario's learners estimate on the same activity. */
export function alignmentCommand(): Command {
  return new Command('alignment')
    .summary('compare what learners make of the same activity, timestep by timestep')
    .description(
      'The first learner of a scenario drives the weights; all others run beside it on the same activity and are only asked for their estimates of the gradient. Prints cosines, bias and noise of each, the loss that it reaches by itself, what it costs and its class of locality.',
    )
    .argument('[scenario]', 'a scenario file that compares several learners')
    .addOption(number('--seeds <n>', 'how many seeds, 1 to n (default: 5)', 'count'))
    .addOption(number('--trials <n>', 'trials of each seed', 'count'))
    .addOption(
      number(
        '--repeats <n>',
        'how often learners are asked about one trial, to tell bias from noise (default: 100)',
        'count',
      ),
    )
    .addOption(names('--learner <names>', 'only these of the compared learners; the first drives'))
    .addOption(quickOption())
    .option('--set <name=value...>', "set the scenario's options")
    .option('--out <dir>', 'write report.html, figures, alignment.json and alignment.csv there')
    .option('--json', 'print the alignment as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo alignment scenarios/marschall2020-alignment.ts --quick
  rxflo alignment scenarios/marschall2020-alignment.ts --seeds 9 --out runs/alignment
  rxflo alignment scenarios/periodic.ts --learner bptt,rflo --trials 100

Exit codes: 0 done, 1 a learner failed, 2 the input is wrong.`,
    )
    .action(run);
}

async function run(file: string | undefined, flags: AlignmentFlags): Promise<void> {
  if (file === undefined)
    throw new InputError('scenario', 'is missing; give it first: --set takes every word after it');
  // Whether it can be made is found out before hours of work, and not after.
  if (flags.out !== undefined) makeDirectory(resolve(flags.out))();
  const alignment = await aligned(file, flags);
  const files = flags.out === undefined ? [] : await written(alignment, flags.out);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(alignment, null, 2)}\n`
      : `${tables(alignment)}\n${files.length > 0 ? `Report: ${files[0]}\n` : ''}`,
  );
}

async function written(alignment: Alignment, out: string): Promise<string[]> {
  const { writeAlignment } = await import('../report/index.ts'); // loaded when needed: it takes its time
  return writeAlignment(alignment, resolve(out));
}

async function aligned(file: string, { set = [], learner, trials, ...flags }: AlignmentFlags): Promise<Alignment> {
  const { scenario, within } = await loadScenario(file);
  const quick = flags.quick ? quickOf(scenario) : undefined;
  const count = flags.seeds ?? quick?.seeds?.length ?? 5;
  const repeats = flags.repeats ?? (quick ? 20 : 100);
  const given = trials ?? quick?.trials;
  const overrides = {
    settings: { ...quick?.settings, ...settingsFrom(scenario.options, set) },
    ...(learner && { learners: learner }),
    ...(given !== undefined && { trials: given }),
  };
  const planOf = (seed: number) => within(() => scenario.plan({ ...overrides, seed, usualEngine: 'kernels' }));
  const first = await planOf(1);
  if (first.learners.length < 2) {
    throw new InputError(
      'compare',
      'names one learner alone, and there is nothing to compare it with; name more, or give --learner',
    );
  }
  await loadEngines(first.learners);
  const learners = await within(() => first.learners.map((one) => describe(first, one)));
  const seeds: Alignment['seeds'][number][] = [];
  for (let seed = 1; seed <= count; seed++) {
    const plan = await planOf(seed);
    seeds.push(await within(() => runBeside(plan, repeats)));
    process.stderr.write(`Seed ${seed} of ${count} is done\n`);
  }
  return {
    ...{ format: 'rxflo-alignment/1', title: scenario.title, scenario: file, settings: first.settings },
    ...{ trials: first.trials ?? 1, repeats, learners, seeds },
  };
}

function describe(plan: Plan, learner: Plan['learners'][number]): AlignedLearner {
  const { name, algorithm, feedback } = learner;
  const circuit = build(plan.circuit, plan.seed, { carry: plan.carry });
  const { bytes, operations } = costOf({ ...plan, task: shortened(plan.task) }, learner);
  return { name, class: certifyLearner(circuit, { name, algorithm, feedback }).class, bytes, operations };
}

/** Operations are counted one by one, which takes minutes of a long trial; an update's are the same in a short one. */
function shortened(task: Plan['task']): Plan['task'] {
  return {
    ...task,
    trial: (...given) => {
      const { input, target, ...others } = task.trial(...given);
      const timesteps = Math.min(COUNTED, others.timesteps);
      const first = (numbers: Float64Array, width: number) => numbers.slice(0, timesteps * width);
      return { ...others, timesteps, input: first(input, task.inputs), target: first(target, task.outputs) };
    },
  };
}

/** How many timesteps are counted. */
const COUNTED = 20;

/** What each learner is like, and the matrix of timesteps. */
function tables(alignment: Alignment): string {
  const { learners, seeds, title } = alignment;
  const style = { head: [], border: [] };
  const short = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-');
  const spread = ({ low, median, high }: ReturnType<typeof pairQuartiles>) =>
    `${short(median)} [${short(low)}, ${short(high)}]`;
  const each = new Table({
    head: ['learner', 'cosine, timesteps', 'cosine, trials', 'bias', 'noise', 'final loss', 'operations', 'class'],
    style,
  });
  learners.forEach(({ name, class: found, operations }, i) => {
    const { bias, noise, loss } = learnerQuartiles(alignment, i);
    const cosines = (['timesteps', 'trials'] as const).map((what) => spread(pairQuartiles(alignment, what, 0, i)));
    each.push([
      name,
      ...cosines,
      spread(bias),
      spread(noise),
      spread(loss),
      operations === null ? '-' : short(operations),
      found,
    ]);
  });
  const matrix = new Table({ head: ['', ...learners.map(({ name }) => name)], style });
  learners.forEach(({ name }, i) => {
    matrix.push([name, ...learners.map((_, j) => pairQuartiles(alignment, 'timesteps', i, j).median.toFixed(2))]);
  });
  return `${title}, ${seeds.length} seeds: median, and quartiles in brackets\n${each.toString()}\nMean cosine of timesteps\n${matrix.toString()}`;
}
