/** A constant times numbers; each number is listed by name as often as it occurs. */
export interface Term {
  readonly scale: number;
  readonly factors: readonly string[];
}

/** If two terms cancel up to rounding, the rest is less than this fraction of them. */
const ROUNDING = 1e-12;

/** Adds up like terms and leaves out those that cancel. */
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

/** Replaces numbers in a sum by other sums, all at once: nothing is replaced in what was put in. */
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

/** A number as text with 6 digits. */
export function text(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export function one(name: string): Term {
  return { scale: 1, factors: [name] };
}

/** Replaces one number by a sum. */
export function only(name: string, sum: readonly Term[]): (each: string) => readonly Term[] | undefined {
  return (each) => (each === name ? sum : undefined);
}
