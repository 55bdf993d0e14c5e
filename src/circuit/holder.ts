import type { Numbers } from '../local/index.ts';
import type { BuiltCircuit } from './built.ts';
import type { Carried, Engine, GroupParameters, GroupWeights, Published, TrialOptions } from './engine.ts';
import type { Held } from './held.ts';
import type { Holdings } from './holdings.ts';
import type { Reader } from './reader.ts';
import type { Tuning } from './tuning.ts';
import type { Trial } from '../tasks/index.ts';

/** What all engines do with the numbers they hold: read, restore and tune them. Each engine runs a trial in its own way. */
export abstract class Holder implements Engine {
  protected abstract readonly holdings: Holdings;
  protected abstract readonly tuning: Tuning;

  constructor(readonly circuit: BuiltCircuit) {}

  abstract trial(trial: Trial, options?: TrialOptions): number;

  weights(): GroupWeights {
    return this.holdings.weights();
  }

  setWeights(weights: GroupWeights): void {
    this.holdings.setWeights(weights);
  }

  carried(): Carried {
    return this.holdings.carried();
  }

  setCarried(carried: Carried): void {
    this.holdings.setCarried(carried);
  }

  tune(group: string, params: Numbers): void {
    this.tuning.tune(group, params);
  }

  tuned(): GroupParameters {
    return this.tuning.parameters();
  }

  reader(what: Published): Reader {
    return this.holdings.reader(what);
  }

  held(): readonly Held[] {
    return this.holdings.held();
  }
}
