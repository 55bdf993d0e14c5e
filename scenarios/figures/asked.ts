import { mkdirSync } from 'node:fs';
import { argv, exit, stderr } from 'node:process';
import { parseArgs } from 'node:util';
import { InputError } from 'rxflo';

interface Asked {
  readonly directory: string;
  readonly learners: readonly string[] | undefined;
  readonly steps: number | undefined;
  readonly size: { readonly quick: boolean; readonly seeds?: number };
}

const FLAGS = {
  quick: { type: 'boolean' },
  seeds: { type: 'string' },
  learner: { type: 'string' },
  steps: { type: 'string' },
} as const;

/**
 * Reads the command line of a figure: a directory, which is created, and those of `--quick`, `--seeds 3`, `--learner UORO,RFLO` and `--steps 200`
 * that the figure supports. From then on, any error ends the program with one line: exit code 2 if the input is wrong, else 1.
 */
export function asked(directory: string, flags: readonly (keyof typeof FLAGS)[]): Asked {
  process.on('uncaughtException', (error) => {
    stderr.write(`${error.message}\n`);
    exit(error instanceof InputError ? 2 : 1);
  });
  const { values, positionals } = parsed();
  const { quick = false, seeds, learner, steps } = values;
  for (const flag of ['quick', 'seeds', 'learner', 'steps'] as const) {
    if (values[flag] === undefined || flags.includes(flag)) continue;
    throw new InputError(
      `--${flag}`,
      `is unknown here; give ${flags.map((one) => `--${one}`).join(', ') || 'no flag'}`,
    );
  }
  if (positionals.length > 1) throw new InputError(positionals[1], 'is a second directory; give only one');
  const size = { quick, ...(seeds !== undefined && { seeds: count('seeds', seeds) }) };
  const many = steps === undefined ? undefined : count('steps', steps);
  return {
    directory: made(positionals.at(0) ?? directory),
    learners: learner?.split(','),
    ...{ steps: many, size },
  };
}

/** Creates the directory before anything is computed, so that an error is reported at once. */
function made(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new InputError(directory, `cannot be created (${why}); give a writable directory`);
  }
  return directory;
}

function parsed() {
  try {
    return parseArgs({ args: argv.slice(2), allowPositionals: true, options: FLAGS });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError(
      'command line',
      `${error.message.split('. ')[0]}; give ${Object.keys(FLAGS)
        .map((flag) => `--${flag}`)
        .join(', ')}`,
    );
  }
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InputError(`--${flag}`, `'${text}' is not a whole number, 1 or more`);
}
