import type { Engine, GroupParameters } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';

/** Sets an engine's tunable parameters, and remembers what it has set. */
export class Tuner {
  private told: GroupParameters = {};

  constructor(
    private readonly engine: Engine,
    private readonly learner: string,
  ) {}

  /** @throws InputError if there is no such group, or a parameter is not tunable or not a finite number. */
  tune(group: string, params: Numbers): void {
    if (!this.engine.tune) {
      throw new InputError('tune', `the engine of learner '${this.learner}' has no \`tune\`; add it`);
    }
    this.engine.tune(group, params);
    this.told = { ...this.told, [group]: { ...this.told[group], ...params } };
  }

  /** Sets everything again, in another session. */
  restore(told: GroupParameters = {}): void {
    for (const [group, params] of Object.entries(told)) this.tune(group, params);
  }

  /** What has been set so far; absent: nothing. */
  state(): { readonly tuned?: GroupParameters } {
    return Object.keys(this.told).length > 0 ? { tuned: this.told } : {};
  }
}
