export type { Task, Trial } from './task.ts';
export { periodic } from './periodic.ts';
