import { InputError, oneOf, show } from '../../errors/index.ts';
import { chancesInTurn, normal, sampler, uniform } from '../../random/index.ts';

/** How noise is drawn, with mean 0 and variance 1: +1 or -1, from a normal distribution, or evenly. */
export type NoiseKind = 'sign' | 'normal' | 'uniform';

/** Noise as it is to be, [trial][timestep][numbers], in place of chance. */
export type NoiseTape = readonly (readonly (readonly number[])[])[];

const KINDS: readonly NoiseKind[] = ['sign', 'normal', 'uniform'];

/** @throws InputError if there is no noise of this kind. */
export function checkNoise(place: string, kind: NoiseKind): void {
  if (!KINDS.includes(kind)) throw new InputError(place, `expected ${oneOf(KINDS)}, got ${show(kind)}`);
}

/** Fills `into` with the noise of a timestep: index by index, the same whenever it is drawn again. */
export type Noise = (trial: number, t: number, into: Float64Array) => void;

/**
 * The noise of one learner.
 *
 * @param name Of the learner, as errors have it.
 * @param scale What draws are multiplied by; what is on a tape is taken as it is.
 */
export function noise(
  name: string,
  what: string,
  {
    seed,
    kind,
    tape,
    scale = 1,
  }: { readonly seed: number; readonly kind: NoiseKind; readonly tape?: NoiseTape; readonly scale?: number },
): Noise {
  if (tape) {
    return (trial, t, into) => {
      const row = tape.at(trial - 1)?.at(t - 1);
      if (row?.length !== into.length) {
        const has = row ? `has ${row.length} numbers` : 'has nothing';
        throw new InputError(
          `${name}: tape`,
          `${has} for timestep ${t} of trial ${trial}; expected ${into.length} numbers`,
        );
      }
      into.set(row);
    };
  }
  const { begin, next } = chancesInTurn(seed, name, what);
  const [gauss, even] = [sampler(normal(), next), sampler(uniform(-Math.sqrt(3), Math.sqrt(3)), next)];
  const drawn = kind === 'normal' ? gauss : even;
  return (trial, timestep, into) => {
    begin(trial, timestep);
    if (kind === 'sign') for (let k = 0; k < into.length; k++) into[k] = next() < 0.5 ? -scale : scale;
    else for (let k = 0; k < into.length; k++) into[k] = scale * drawn();
    // Normal numbers come in pairs: the second of the last is not for another timestep.
    if (kind === 'normal' && into.length % 2 === 1) drawn();
  };
}
