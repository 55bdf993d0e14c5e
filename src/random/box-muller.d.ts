/** The transform by itself: what the package's own door brings besides, a generator and arrays of it, nobody needs here. */
declare module '@stdlib/random-base-box-muller/lib/randn.js' {
  /** Standard normal numbers from numbers that are drawn evenly from [0, 1). */
  export default function boxMuller(source: () => number): () => number;
}
