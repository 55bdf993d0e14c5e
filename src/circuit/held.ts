import type { Row } from './timestep/step.ts';
import type { BuiltFeedback, BuiltGroup, BuiltPopulation } from './built.ts';
import type { Reader } from './reader.ts';

/** What numbers held by an engine are, and whose. */
export type Place =
  /** One for each neuron: any number that neurons have, of `ago` timesteps before the current one. */
  | { readonly kind: 'row'; readonly row: Row; readonly ago: number }
  /**
   * One for each presynaptic neuron of a group: the rate that its axon brought to its synapses in this timestep, after its gate; or `message`, the
   * row of another number that it brought. Only for synapses with a delay of `longer` timesteps more than the group's.
   */
  | { readonly kind: 'axon'; readonly group: BuiltGroup; readonly longer: number; readonly message?: string }
  /** `late` for each presynaptic neuron of a group: the rates on their way along its axon, whose delay is `late` timesteps. */
  | { readonly kind: 'line'; readonly group: BuiltGroup; readonly late: number }
  /** One for each synapse of a group: its weight, or the sum of the changes it has requested that are not applied yet. */
  | { readonly kind: 'weight' | 'asked'; readonly group: BuiltGroup }
  /** One for each synapse of a group: a variable of its rule's state. */
  | { readonly kind: 'state'; readonly group: BuiltGroup; readonly variable: string }
  /**
   * dh_i/dw of these neurons i of a population with respect to the weights w of synapses first .. first + width - 1 of a group, `ago` timesteps
   * before; [neurons][width].
   */
  | {
      readonly kind: 'influence';
      readonly group: BuiltGroup;
      readonly population: BuiltPopulation;
      readonly neurons: Int32Array;
      readonly first: number;
      readonly width: number;
      readonly ago: number;
    }
  /** B, [to.size][from.size]: row i belongs to neuron i of the population that receives it. */
  | { readonly kind: 'feedback'; readonly feedback: BuiltFeedback }
  /** One for each neuron of an output population: its error, `ago` timesteps before the current one. */
  | { readonly kind: 'error'; readonly output: BuiltPopulation; readonly ago: number }
  /** One for each neuron that a feedback's errors come from: what was sent `ago` timesteps before, where that is not the error itself. */
  | { readonly kind: 'message'; readonly feedback: BuiltFeedback; readonly ago: number }
  /** One for each neuron that a feedback's errors come from: the error that was brought to the synapses that relearn the feedback. */
  | { readonly kind: 'arriving'; readonly feedback: BuiltFeedback }
  /** A feedback's errors that are on their way, [delay][from.size]: the row of timestep t has arrived, or will, at (t - 1) modulo the delay. */
  | { readonly kind: 'error line'; readonly feedback: BuiltFeedback }
  /** 1 in the last sweep of a timestep, else 0: where a circuit repeats, it learns only then. Everyone sees it. */
  | { readonly kind: 'last' }
  /** The trial's input or target, [timesteps][channels]. */
  | { readonly kind: 'input' | 'target'; readonly channels: number };

/** Numbers in an engine's memory. */
export interface Cells extends Reader {
  get(k: number): number;
  /** From then on, the engine computes with this number. */
  set(k: number, value: number): void;
}

/** Numbers of one kind that an engine holds while a trial runs: each can be read and changed at the end of a phase or between trials. */
export interface Held extends Pick<Cells, 'get' | 'set'> {
  readonly place: Place;
  /** How many there are now: a trial's input and target are longer in longer trials. */
  readonly length: number;
}

export function heldAt(place: Place, cells: Cells): Held {
  return {
    place,
    get length() {
      return cells.length;
    },
    get: (k) => cells.get(k),
    set: (k, value) => {
      cells.set(k, value);
    },
  };
}

/** Numbers one by one; `length` may change from trial to trial. `read`: reads all at once, if that is faster. */
export function cellsOf(
  length: number | (() => number),
  get: (k: number) => number,
  set: (k: number, value: number) => void,
  read?: Reader['read'],
): Cells {
  return new OneByOne(length, get, set, read);
}

/** A class, because the getter of an object literal would keep its engine in memory until the next full garbage collection. */
class OneByOne implements Cells {
  constructor(
    private readonly count: number | (() => number),
    readonly get: (k: number) => number,
    readonly set: (k: number, value: number) => void,
    private readonly readAll?: Reader['read'],
  ) {}

  get length(): number {
    return typeof this.count === 'number' ? this.count : this.count();
  }

  read(into: Float64Array, offset: number): void {
    if (this.readAll) {
      this.readAll(into, offset);
      return;
    }
    const { length } = this;
    for (let k = 0; k < length; k++) into[offset + k] = this.get(k);
  }
}

/** One field of each of these objects. */
export function cellsOfFields<F extends string>(all: readonly Record<F, number>[], field: F): Cells {
  return cellsOf(
    all.length,
    (k) => all[k][field],
    (k, value) => {
      const one: Record<F, number> = all[k];
      one[field] = value;
    },
  );
}

/** The numbers of an array, which may be another one in another trial. */
export function cellsIn(
  array: () => Float32Array | Float64Array,
  length: number | (() => number) = () => array().length,
): Cells {
  return cellsOf(
    length,
    (k) => array()[k],
    (k, value) => {
      array()[k] = value;
    },
    (into, offset) => {
      into.set(array(), offset);
    },
  );
}

/** Numbers of an array in another order: number k is at `first` + `place[k]`. */
export function cellsPlaced(array: () => Float32Array | Float64Array, place: Int32Array, first = 0): Cells {
  return cellsOf(
    place.length,
    (k) => array()[first + place[k]],
    (k, value) => {
      array()[first + place[k]] = value;
    },
    (into, offset) => {
      const numbers = array();
      for (let k = 0; k < place.length; k++) into[offset + k] = numbers[first + place[k]];
    },
  );
}
