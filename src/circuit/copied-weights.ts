import { InputError, show } from '../errors/index.ts';
import { register } from '../local/index.ts';

/** Initial weights that are those of another group. Only `copyOf` and `transposeOf` make them. */
export interface CopiedWeights {
  readonly kind: 'copy' | 'transpose';
  /** The group that they are of. */
  readonly of: string;
}

const made = register<CopiedWeights>();

export function isCopied(value: unknown): value is CopiedWeights {
  return made.has(value);
}

/** Weights that begin as those of another group between populations of the same sizes: for synapses that learn by the same rule, and bring something else. */
export function copyOf(group: string): CopiedWeights {
  return made.enter({ kind: 'copy', of: group });
}

/** Weights that begin as those of another group, transposed. What they become is for their own rule to say: nothing ties them. */
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

/** @throws InputError if a group copies one that there is not, that copies itself, that has other neurons at its ends, or not all synapses. */
export function checkCopies(synapses: Groups, sizeOf: (population: string) => number): void {
  for (const [name, group] of Object.entries(synapses)) {
    if (!group.copies) continue;
    const { of, kind } = group.copies;
    const wrong = (problem: string) => new InputError(`synapses.${name}.weights`, problem);
    if (!Object.hasOwn(synapses, of))
      throw wrong(`${show(of)} is no synapse group; there is ${Object.keys(synapses).join(', ')}`);
    const source = synapses[of];
    if (source.copies) throw wrong(`are those of '${of}', which are those of '${source.copies.of}'; name that one`);
    const sparse = [name, of].find((one) => synapses[one].connect ?? synapses[one].edges);
    if (sparse !== undefined)
      throw wrong(
        `are those of '${of}', but '${sparse}' joins not all neurons with all; leave connect and edges out of both`,
      );
    const shape = [sizeOf(source.to), sizeOf(source.from)];
    const [rows, columns] = kind === 'copy' ? shape : shape.reverse();
    if (sizeOf(group.to) === rows && sizeOf(group.from) === columns) continue;
    throw wrong(
      `are those of '${of}'${kind === 'copy' ? '' : ', transposed'}, from ${columns} neurons to ${rows}; this group goes from ${sizeOf(group.from)} to ${sizeOf(group.to)}`,
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
