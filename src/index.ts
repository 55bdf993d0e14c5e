/** rxflo: everything of the core, and what needs files: problems, runs, reports, batches on worker threads. */
export * from './core.ts';
export * from './recording/index.ts';
export * from './report/index.ts';
export * from './sweep/index.ts';
