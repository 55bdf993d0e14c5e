import { plainArithmetic, type Arithmetic } from '../../arithmetic/index.ts';
import { counted, InputError, oneOf, show } from '../../errors/index.ts';
import { chance, chanceKey, chanceSeed, normal, sampler, stream } from '../../random/index.ts';
import { normalNumbers, type Noise } from './normal-numbers.ts';

/** How noise is drawn, with mean 0 and variance 1: as a sign +1 or -1, or from a normal or uniform distribution. */
export type NoiseKind = 'sign' | 'normal' | 'uniform';

/** Given noise, [trial][timestep][numbers], instead of random noise. */
export type NoiseTape = readonly (readonly (readonly number[])[])[];

const KINDS: readonly NoiseKind[] = ['sign', 'normal', 'uniform'];

/** @throws InputError if the kind is unknown. */
export function checkNoise(place: string, kind: NoiseKind): void {
  if (!KINDS.includes(kind)) throw new InputError(place, `expected ${oneOf(KINDS)}, got ${show(kind)}`);
}

/**
 * The noise of one learner.
 *
 * @param name The learner's name, for errors.
 * @param given `scale` multiplies random numbers, but not those of a tape. `arithmetic` computes normal numbers.
 */
export function noise(name: string, what: string, given: NoiseOptions): Noise {
  const { seed, kind, tape, scale = 1, arithmetic = plainArithmetic } = given;
  if (tape) {
    return (trial, t, into) => {
      const row = tape.at(trial - 1)?.at(t - 1);
      if (row?.length !== into.length) {
        const has = row ? `has ${counted(row.length, 'number')}` : 'has nothing';
        throw new InputError(
          `${name}: tape`,
          `${has} for timestep ${t} of trial ${trial}; expected ${counted(into.length, 'number')}`,
        );
      }
      into.set(row);
    };
  }
  const own = chanceSeed(stream(seed, name, what));
  const draw: Noise = (trial, timestep, into) => {
    arithmetic.chances(chanceKey(own, trial, timestep), into);
  };
  if (kind === 'normal') return normalNumbers(arithmetic, scale, draw);
  const width = 2 * Math.sqrt(3);
  return (trial, timestep, into) => {
    draw(trial, timestep, into);
    if (kind === 'sign') for (let k = 0; k < into.length; k++) into[k] = into[k] < 0.5 ? -scale : scale;
    else for (let k = 0; k < into.length; k++) into[k] = scale * (width * into[k] - width / 2);
  };
}

interface NoiseOptions {
  readonly seed: number;
  readonly kind: NoiseKind;
  readonly tape?: NoiseTape;
  readonly scale?: number;
  readonly arithmetic?: Arithmetic;
}

/** Normal numbers as initial values of something learned, drawn for a trial; trial 0 means the session. */
export function startingNumbers(
  seed: number,
  name: string,
  what: string,
  sd = 1,
): (trial: number, into: Float64Array) => void {
  const draw = chance(seed, name, what);
  return (trial, into) => {
    let place = 0;
    const next = sampler(normal({ sd }), () => draw(trial, 0, place++));
    for (let k = 0; k < into.length; k++) into[k] = next();
  };
}
