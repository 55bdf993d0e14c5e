/** The core: circuits, rules, engines, solvers, tasks and sessions. Runs in a browser as well as in Node. */
export * from './errors/public.ts';
export * from './random/public.ts';
export * from './local/public.ts';
export * from './rules/public.ts';
export * from './optimisers/public.ts';
export * from './losses/public.ts';
export * from './neurons/public.ts';
export * from './tasks/public.ts';
export * from './circuit/public.ts';
export * from './actors/public.ts';
export * from './kernels/public.ts';
export * from './solvers/public.ts';
export * from './algorithms/public.ts';
export * from './analysis/public.ts';
export * from './locality/public.ts';
export * from './training/public.ts';
