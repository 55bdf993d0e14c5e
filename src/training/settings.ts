import { InputError, oneOf, show } from '../errors/index.ts';

/** An option's value. Its type, and what `--set` accepts for it, is that of its default. */
export type Setting = number | string | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/** @throws InputError for an option whose default is not a setting: a summary could not record it. */
export function checkOptionDefaults(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InputError('options', `expected defaults by name, such as { units: 50 }, got ${show(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    checkSetting(`options.${name}`, value);
  }
}

function checkSetting(place: string, value: unknown): void {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  throw new InputError(place, `expected text, a finite number, true or false, got ${show(value)}`);
}

/** @throws InputError at `place` and the name for an unknown option, or a value of a different type from its default. */
export function checkSettings(place: string, set: Settings, defaults: Settings): void {
  for (const [name, value] of Object.entries(set)) {
    if (!Object.hasOwn(defaults, name)) {
      const known = Object.keys(defaults);
      const right = known.length > 0 ? `expected ${oneOf(known)}` : 'this scenario has no options';
      throw new InputError(`${place} ${name}`, `unknown option; ${right}`);
    }
    if (typeof value !== typeof defaults[name]) {
      const problem = `expected ${kindOf(defaults[name])}, such as the default ${show(defaults[name])}, got ${show(value)}`;
      throw new InputError(`${place} ${name}`, problem);
    }
    checkSetting(`${place} ${name}`, value);
  }
}

/** What an option with this default must be, as messages name it. */
export function kindOf(like: Setting): string {
  if (typeof like === 'number') return 'a finite number';
  return typeof like === 'string' ? 'text' : 'true or false';
}

/** The type of an option, given the type of its default. */
export type WidenedSetting<S> = S extends number ? number : S extends string ? string : boolean;

/** The types of options, given those of their defaults. */
export type Widened<O extends Settings> = { readonly [K in keyof O]: WidenedSetting<O[K]> };

/** The fields that have a value. */
export function given<T>(fields: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
