import { dniB } from './dni-b.ts';
import { dni } from './dni.ts';
import { eBptt } from './e-bptt.ts';
import { fBptt } from './f-bptt.ts';
import { kernl } from './kernl.ts';
import { kfRtrl } from './kf-rtrl.ts';
import { nodePerturbation } from './node-perturbation.ts';
import { ok } from './ok.ts';
import { rKfRtrl } from './r-kf-rtrl.ts';
import { uoro } from './uoro.ts';
import { weightPerturbation } from './weight-perturbation.ts';

/** The online algorithms that are built on `linearised`. */
export const online = [
  ...([uoro, kfRtrl, rKfRtrl, ok, kernl] as const),
  ...([dni, dniB, eBptt, fBptt] as const),
  ...([nodePerturbation, weightPerturbation] as const),
] as const;

export { dniB, type DniBOptions } from './dni-b.ts';
export { dni, type DniOptions } from './dni.ts';
export { eBptt } from './e-bptt.ts';
export { fBptt } from './f-bptt.ts';
export { kernl, type KernlOptions } from './kernl.ts';
export { kfRtrl, type KfRtrlOptions } from './kf-rtrl.ts';
export { nodePerturbation, type NodePerturbationOptions } from './node-perturbation.ts';
export type { NoiseKind, NoiseTape } from './noise.ts';
export { ok, type OkOptions } from './ok.ts';
export { rKfRtrl, type RKfRtrlOptions } from './r-kf-rtrl.ts';
export { uoro, type UoroOptions } from './uoro.ts';
export { weightPerturbation, type WeightPerturbationOptions } from './weight-perturbation.ts';
