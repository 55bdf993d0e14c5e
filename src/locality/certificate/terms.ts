/** A constant times numbers, each by its name and as often as it stands there. */
export interface Term {
  readonly scale: number;
  readonly factors: readonly string[];
}

/** What is left of two that cancel but for rounding is less than this of them. */
const ROUNDING = 1e-12;

/** Like terms added up, those that cancel left out. */
export function collected(terms: readonly Term[]): readonly Term[] {
  const sums = new Map<string, { scale: number; size: number; readonly factors: readonly string[] }>();
  for (const { scale, factors } of terms) {
    const ordered = factors.toSorted();
    const key = ordered.join(' ');
    const sum = sums.get(key);
    if (sum) {
      sum.scale += scale;
      sum.size = Math.max(sum.size, Math.abs(scale));
    } else sums.set(key, { scale, size: Math.abs(scale), factors: ordered });
  }
  return [...sums.values()].flatMap(({ scale, size, factors }) =>
    Math.abs(scale) > ROUNDING * size ? [{ scale, factors }] : [],
  );
}

/** A sum with others in place of numbers, all at once: what is put in is left as it is. */
export function replaced(terms: readonly Term[], by: (name: string) => readonly Term[] | undefined): readonly Term[] {
  return collected(
    terms.flatMap(({ scale, factors }) =>
      factors.reduce<readonly Term[]>(
        (products, factor) => {
          const sum = by(factor) ?? [{ scale: 1, factors: [factor] }];
          return products.flatMap((one) =>
            sum.map((other) => ({ scale: one.scale * other.scale, factors: [...one.factors, ...other.factors] })),
          );
        },
        [{ scale, factors: [] }],
      ),
    ),
  );
}

/** A number as text, 6 digits. */
export function text(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A number by itself. */
export function one(name: string): Term {
  return { scale: 1, factors: [name] };
}

/** Puts a sum in place of one number. */
export function only(name: string, sum: readonly Term[]): (each: string) => readonly Term[] | undefined {
  return (each) => (each === name ? sum : undefined);
}
