import type { Engine, GroupParameters } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';

/** Tells an engine its tunable parameters, and keeps what it has told. */
export class Tuner {
  private told: GroupParameters = {};

  constructor(
    private readonly engine: Engine,
    private readonly learner: string,
  ) {}

  /** @throws InputError if there is no such group, or a parameter is not tunable or no finite number. */
  tune(group: string, params: Numbers): void {
    if (!this.engine.tune) {
      throw new InputError('tune', `the engine of learner '${this.learner}' has no \`tune\`; add it`);
    }
    this.engine.tune(group, params);
    this.told = { ...this.told, [group]: { ...this.told[group], ...params } };
  }

  /** Says it all again, in another session. */
  restore(told: GroupParameters = {}): void {
    for (const [group, params] of Object.entries(told)) this.tune(group, params);
  }

  /** What was told so far; absent: nothing. */
  state(): { readonly tuned?: GroupParameters } {
    return Object.keys(this.told).length > 0 ? { tuned: this.told } : {};
  }
}
