import { InvalidArgumentError, Option } from 'commander';
import { InputError, show } from '../errors/index.ts';
import type { Setting, Settings } from '../training/index.ts';

/** Engines that run circuits. */
export function engineOption(): Option {
  return new Option('--engine <name>', "what runs the circuit's own rules").choices(['actors']).default('actors');
}

export function scheduleOption(): Option {
  return new Option('--schedule <when>', 'when changes are applied').choices(['trial', 'online']);
}

export function feedbackOption(): Option {
  return new Option(
    '--feedback <kind>',
    'random: through fixed random weights; symmetric: the readout transposed (weight transport, not local)',
  ).choices(['random', 'symmetric']);
}

export function integer(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

export function wholePositive(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return value;
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < Infinity)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

/** Gathers names given one by one, or with commas between. */
export function commaList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name !== '')];
}

/** `name=value` pairs as the scenario's options want them. @throws InputError naming the pair that is wrong. */
export function settingsFrom(options: Settings, pairs: readonly string[]): Settings {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new InputError('--set', `${show(pair)} is no pair; write name=value`);
      const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
      return [name, valueOf(name, text, Object.hasOwn(options, name) ? options[name] : text)];
    }),
  );
}

function valueOf(name: string, text: string, like: Setting): Setting {
  switch (typeof like) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new InputError(`--set ${name}`, `${show(text)} is neither true nor false`);
    default: {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value))
        throw new InputError(`--set ${name}`, `${show(text)} is no number`);
      return value;
    }
  }
}
