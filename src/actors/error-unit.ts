import { errorOf } from '../circuit/index.ts';
import { NotFinite } from '../errors/index.ts';
import { Port } from './port.ts';

/** Compares the outputs with the target and broadcasts the error vector, once a timestep. It hears and tells no one else. */
export class ErrorUnit {
  /** e(t), see `errorOf`, all output neurons, in the order of `outputs`: the error unit's own array, which only it may write. */
  readonly error$ = new Port<Float64Array>();
  /** The current e(t), [outputs]. */
  readonly error: Float64Array;
  /** sum_t sum_k e_k(t)^2 so far in this trial. */
  squares = 0;

  constructor(private readonly outputs: readonly { readonly rate: number }[]) {
    this.error = new Float64Array(outputs.length);
  }

  begin(): void {
    this.squares = 0;
    this.error.fill(0);
  }

  /** `target` holds row after row; this timestep's begins at `row`. */
  compare(target: Float64Array, row: number): void {
    for (let k = 0; k < this.outputs.length; k++) {
      const e = errorOf(target[row + k], this.outputs[k].rate);
      this.error[k] = e;
      this.squares += e * e;
    }
    if (this.squares - this.squares !== 0) throw new NotFinite('the squared error', this.squares);
  }

  broadcast(): void {
    this.error$.send(this.error);
  }
}
