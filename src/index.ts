/** rxflo: everything of the core, and what needs files: problems, runs, reports, batches on worker threads. */
export * from './core.ts';
export * from './recording/public.ts';
export * from './exchange/public.ts';
export * from './report/public.ts';
export * from './sweep/public.ts';
