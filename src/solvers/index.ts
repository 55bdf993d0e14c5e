export { Bptt } from './bptt.ts';
export { Rtrl } from './rtrl.ts';
