import { Option } from 'commander';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { ListedAlgorithm } from '../solvers/index.ts';
import type { EngineName, Grid, Setting, Settings } from '../training/index.ts';

const ENGINES = ['actors', 'kernels'] as const satisfies readonly EngineName[];

/** The engine, without a default. */
export function engineChoice(): Option {
  return choice('--engine <name>', 'actors (the reference) or kernels (compiled: faster, with the same bits)', [
    ...ENGINES,
  ]);
}

/** The engine; by default the kernels. */
export function engineOption(): Option {
  return engineChoice().default('kernels');
}

/** One engine or several; with several, the rules run on each. */
export function enginesOption(): Option {
  const flags = '--engine <names...>';
  const option = names(
    flags,
    'actors (the reference), kernels (compiled: faster, with the same bits), or both: then the rules run on each (default: kernels, or actors if a part of the circuit is opaque)',
  );
  const { parseArg } = option;
  return option.argParser((text, before: readonly string[] | undefined) => {
    const given = parseArg?.(text, before);
    const wrong = text.split(',').find((name) => name !== '' && !ENGINES.some((engine) => engine === name));
    if (wrong === undefined) return given;
    const file = /[./\\]/.test(wrong) ? ' (put the scenario first: --engine takes every word after it)' : '';
    throw new InputError(flagOf(flags), `expected ${oneOf(ENGINES)}, got ${show(wrong)}${file}`);
  });
}

export function precisionOption(): Option {
  return choice('--precision <bits>', 'f64, or f32 on kernels: faster, but less precise', ['f64', 'f32']);
}

export function scheduleOption(): Option {
  return choice('--schedule <when>', 'when weight updates are applied: after each trial or in each timestep', [
    'trial',
    'online',
  ]);
}

export function evaluationOption(): Option {
  return choice(
    '--evaluation <how>',
    'how weight updates are computed: from the history, when a trial has ended (for rules linear in their trace), or from traces',
    ['history', 'trace'],
  );
}

export function carryOption(): Option {
  return new Option(
    '--carry',
    'endless stream: each trial starts from the state in which the previous one left the network',
  );
}

export function batchOption(): Option {
  return number('--batch <n>', 'apply the mean weight update after every n trials', 'count');
}

export function feedbackOption(): Option {
  return choice(
    '--feedback <kind>',
    'feedback weights: random and fixed, or symmetric: the transposed readout (weight transport, not local)',
    ['random', 'symmetric'],
  );
}

export function quickOption(): Option {
  return new Option('--quick', 'try the scenario at its quick size; other options still override it');
}

/** An option that takes one of several words. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  const option = new Option(flags, description).choices(values);
  return option.argParser((text) => {
    if (values.includes(text)) return text;
    throw new InputError(flagOf(flags), `expected ${oneOf(values)}, got ${show(text)}`);
  });
}

/** An option that takes a number. */
export function number(flags: string, description: string, kind: keyof typeof NUMBERS): Option {
  const { fits, wanted } = NUMBERS[kind];
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (text.trim() !== '' && fits(value)) return value;
    const large = Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER && kind !== 'positive';
    const problem = large ? `is too large; give ${wanted}, up to ${Number.MAX_SAFE_INTEGER}` : `is not ${wanted}`;
    throw new InputError(flagOf(flags), `${show(text)} ${problem}`);
  });
}

const NUMBERS = {
  whole: { fits: (value: number) => Number.isSafeInteger(value), wanted: 'a whole number' },
  count: { fits: (value: number) => Number.isSafeInteger(value) && value >= 1, wanted: 'a whole number, 1 or more' },
  positive: { fits: (value: number) => value > 0 && value < Infinity, wanted: 'a number above 0' },
};

/** The names of algorithms as listed in the help: `bptt, rtrl, snap-1, snap-2, ...`. */
export function namesOf(listed: readonly ListedAlgorithm[]): string {
  return listed.flatMap((each) => each.names).join(', ');
}

/** An option that takes the name of a file or a directory. An empty name, as left by an unset shell variable, would mean the current directory. */
export function path(flags: string, description: string): Option {
  return new Option(flags, description).argParser<string | undefined>((text) => {
    if (text.trim() === '')
      throw new InputError(flagOf(flags), 'expected the name of a file or directory, got an empty text');
    return text;
  });
}

/** An option that takes names, separated by spaces or commas. */
export function names(flags: string, description: string): Option {
  return new Option(flags, description).argParser<readonly string[] | undefined>((text, before) => {
    const given = text.split(',').filter((name) => name !== '');
    if (given.length === 0) throw new InputError(flagOf(flags), `expected one or more names, got ${show(text)}`);
    return [...(before ?? []), ...given];
  });
}

/** An option that takes whole numbers, 1 or more, separated by spaces or commas. */
export function counts(flags: string, description: string): Option {
  return new Option(flags, description).argParser<readonly number[] | undefined>((text, before) => {
    const given = text.split(',').map((one) => {
      if (/^\d+$/.test(one) && NUMBERS.count.fits(Number(one))) return Number(one);
      throw new InputError(flagOf(flags), `${show(one)} is not ${NUMBERS.count.wanted}`);
    });
    return [...(before ?? []), ...given];
  });
}

/** `--trials` of `--trials <n>`. */
function flagOf(flags: string): string {
  return flags.split(' ')[0];
}

/** Parses `name=value` pairs into values of the types of the scenario's options. @throws InputError naming the pair that is wrong. */
export function settingsFrom(options: Settings, pairs: readonly string[]): Settings {
  const settings = new Map<string, Setting>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new InputError('--set', `expected name=value, got ${show(pair)}`);
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    const place = `--set ${name}`;
    if (settings.has(name)) throw new InputError(place, 'is given twice; give one value');
    settings.set(name, valueOf(place, text, Object.hasOwn(options, name) ? options[name] : text));
  }
  return Object.fromEntries(settings);
}

/** Parses axes, `name=a,b,c`, into values of the types of the scenario's options. @throws InputError naming the axis that is wrong. */
export function gridFrom(options: Settings, axes: readonly string[]): Grid {
  const grid = new Map<string, readonly Setting[]>();
  for (const axis of axes) {
    const at = axis.indexOf('=');
    if (at < 1) throw new InputError('--grid', `expected name=a,b,c, got ${show(axis)}`);
    const [name, text] = [axis.slice(0, at), axis.slice(at + 1)];
    if (grid.has(name)) throw new InputError(`--grid ${name}`, 'is given twice; give all its values in one --grid');
    const values = text === '' ? [] : text.split(',');
    if (values.includes('')) {
      throw new InputError(`--grid ${name}`, `${show(text)} has an empty value; remove a comma, or give the value`);
    }
    const like = Object.hasOwn(options, name) ? options[name] : text;
    grid.set(
      name,
      values.map((value) => valueOf(`--grid ${name}`, value, like)),
    );
  }
  return Object.fromEntries(grid);
}

function valueOf(place: string, text: string, like: Setting): Setting {
  switch (typeof like) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new InputError(place, `expected true or false, got ${show(text)}`);
    default: {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value))
        throw new InputError(place, `expected a number, such as ${show(like)}, got ${show(text)}`);
      return value;
    }
  }
}
