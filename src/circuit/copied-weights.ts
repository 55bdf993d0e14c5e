import { InputError, oneOf, show } from '../errors/index.ts';
import { register } from '../local/index.ts';

/** Initial weights that are copied from another group. Only `copyOf` and `transposeOf` make them. */
export interface CopiedWeights {
  readonly kind: 'copy' | 'transpose';
  /** The group that they are copied from. */
  readonly of: string;
}

const made = register<CopiedWeights>();

export function isCopied(value: unknown): value is CopiedWeights {
  return made.has(value);
}

/** Initial weights copied from another group of the same shape: for synapses that learn by the same rule, but carry something else. */
export function copyOf(group: string): CopiedWeights {
  return made.enter({ kind: 'copy', of: group });
}

/** Initial weights copied from another group, transposed. After that they learn by their own rule; nothing keeps them equal. */
export function transposeOf(group: string): CopiedWeights {
  return made.enter({ kind: 'transpose', of: group });
}

interface Group {
  readonly from: string;
  readonly to: string;
  readonly copies?: CopiedWeights;
  /** Which neurons are joined, if not all with all. */
  readonly connect?: object;
  readonly edges?: object;
}

type Groups = Readonly<Record<string, Group>>;

/** @throws InputError if the copied group does not exist, is a copy itself, joins populations of other sizes, or does not join all with all. */
export function checkCopies(synapses: Groups, sizeOf: (population: string) => number): void {
  for (const [name, group] of Object.entries(synapses)) {
    if (!group.copies) continue;
    const { of, kind } = group.copies;
    const wrong = (problem: string) => new InputError(`synapses.${name}.weights`, problem);
    if (!Object.hasOwn(synapses, of))
      throw wrong(`unknown synapse group ${show(of)}; expected ${oneOf(Object.keys(synapses))}`);
    const source = synapses[of];
    if (source.copies) throw wrong(`are copied from '${of}', itself a copy; copy '${source.copies.of}'`);
    const sparse = [name, of].find((one) => synapses[one].connect ?? synapses[one].edges);
    if (sparse !== undefined)
      throw wrong(
        `are copied from '${of}', but '${sparse}' does not join all neurons with all; leave connect and edges out of both`,
      );
    const shape = [sizeOf(source.to), sizeOf(source.from)];
    const [rows, columns] = kind === 'copy' ? shape : shape.reverse();
    if (sizeOf(group.to) === rows && sizeOf(group.from) === columns) continue;
    const [here, right] = [sizeOf(group.from), sizeOf(group.to)];
    const problem = `they join ${columns} neurons to ${rows}, but this group joins ${here} to ${right}`;
    throw wrong(
      kind === 'copy'
        ? `copied from '${of}', ${problem}; copy a group from ${here} neurons to ${right}`
        : `copied from '${of}', transposed, ${problem}; transpose a group from ${right} neurons to ${here}`,
    );
  }
}

/** The weights of a group that copies one of `rows` by `columns` synapses, which has these. */
export function copied(
  weights: Float64Array,
  kind: CopiedWeights['kind'],
  rows: number,
  columns: number,
): Float64Array {
  if (kind === 'copy') return weights.slice();
  return Float64Array.from(weights, (_, k) => weights[(k % rows) * columns + Math.floor(k / rows)]);
}
