// oxlint-disable-next-line typescript/triple-slash-reference -- needed by those who use rxflo from its source
/// <reference path="./box-muller.d.ts" />
import boxMuller from '@stdlib/random-base-box-muller/lib/randn.js';
import { InputError, onlyFields, show } from '../errors/index.ts';
import type { Stream } from './stream.ts';

/** How numbers are drawn, as plain data. */
export type Distribution =
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'constant'; readonly value: number };

/** Normal(mean, sd^2); by default Normal(0, 1). */
export function normal(options: { mean?: number; sd?: number } = {}): Distribution {
  onlyFields('normal', options, ['mean', 'sd']);
  const { mean = 0, sd = 1 } = options;
  return checked('normal', { kind: 'normal', mean, sd });
}

/** Uniform on [low, high). */
export function uniform(low: number, high: number): Distribution {
  return checked('uniform', { kind: 'uniform', low, high });
}

/** The same number every time. */
export function constant(value: number): Distribution {
  return { kind: 'constant', value: finite('constant', value) };
}

/** @throws InputError if a distribution, which may have been written by hand, has parameters that are wrong. */
export function checkDistribution(place: string, distribution: Distribution): void {
  switch (distribution.kind) {
    case 'normal': {
      finite(`${place}.mean`, distribution.mean);
      const sd = finite(`${place}.sd`, distribution.sd);
      if (sd < 0) throw new InputError(`${place}.sd`, `${show(sd)} is negative; give 0 or more`);
      return;
    }
    case 'uniform': {
      const [low, high] = [finite(`${place}.low`, distribution.low), finite(`${place}.high`, distribution.high)];
      if (low <= high) return;
      throw new InputError(place, `low ${show(low)} is above high ${show(high)}; give the smaller first`);
    }
    case 'constant':
      finite(`${place}.value`, distribution.value);
  }
}

/** A function that draws from `distribution` with the numbers of `source`. */
export function sampler(distribution: Distribution, source: Stream): () => number {
  switch (distribution.kind) {
    case 'normal': {
      // Box-Muller over stdlib's own log, sine and cosine: no function of the host's Math, so the same bits everywhere.
      const standard = boxMuller(source);
      return () => distribution.mean + distribution.sd * standard();
    }
    case 'uniform':
      return () => distribution.low + (distribution.high - distribution.low) * source();
    case 'constant':
      return () => distribution.value;
  }
}

function checked(place: string, distribution: Distribution): Distribution {
  checkDistribution(place, distribution);
  return distribution;
}

function finite(place: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InputError(place, `${show(value)} is not a finite number`);
  }
  return value;
}
