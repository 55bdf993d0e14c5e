import { kfRtrl } from './kf-rtrl.ts';
import { rKfRtrl } from './r-kf-rtrl.ts';
import { eBptt } from './e-bptt.ts';
import { fBptt } from './f-bptt.ts';
import { uoro } from './uoro.ts';

/** The online algorithms that are written on `linearised`. */
export const online = [uoro, kfRtrl, rKfRtrl, eBptt, fBptt] as const;

export { kfRtrl, type KfRtrlOptions } from './kf-rtrl.ts';
export { rKfRtrl, type RKfRtrlOptions } from './r-kf-rtrl.ts';
export { eBptt } from './e-bptt.ts';
export { fBptt } from './f-bptt.ts';
export { uoro, type UoroOptions } from './uoro.ts';
