import { InputError, onlyFields, show } from '../../errors/index.ts';

/** What a population's axons send, and how. */
export interface Axon {
  /**
   * Dale's law: this fraction of the neurons, the first ones, excite; the others inhibit. Every synapse that leaves a neuron has its sign
   * and never another: a weight that a change would take beyond 0 stays at 0. 0 to 1; absent: any sign.
   */
  readonly excitatory?: number;
}

const FIELDS = ['excitatory'];

/** @throws InputError if one of the dials is out of its range. */
export function checkAxon(place: string, axon: Axon): void {
  onlyFields(place, axon, FIELDS);
  const { excitatory } = axon;
  if (excitatory !== undefined && !(excitatory >= 0 && excitatory <= 1)) {
    throw new InputError(`${place}.excitatory`, `${show(excitatory)} is no fraction of the neurons; give 0 to 1`);
  }
}
