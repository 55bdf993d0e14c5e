/** Only the transform, without the generator and arrays that the package's index adds. */
declare module '@stdlib/random-base-box-muller/lib/randn.js' {
  /** Standard normal numbers from numbers that are uniform on [0, 1). */
  export default function boxMuller(source: () => number): () => number;
}
