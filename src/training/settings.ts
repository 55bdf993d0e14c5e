/** An option's value. Its type, and what `--set` accepts for it, is that of its default. */
export type Setting = number | string | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/** The type an option has, seen from its default. */
export type WidenedSetting<S> = S extends number ? number : S extends string ? string : boolean;

/** The types that options have, seen from their defaults. */
export type Widened<O extends Settings> = { readonly [K in keyof O]: WidenedSetting<O[K]> };
