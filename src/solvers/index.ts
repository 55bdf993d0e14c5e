export { Bptt } from './bptt.ts';
export { plainMemory, type Memory, type Purpose } from './memory.ts';
export { Rtrl } from './rtrl.ts';
