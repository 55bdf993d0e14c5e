/** rxflo: everything of the core, and what needs files: problems, runs, reports. */
export * from './core.ts';
export * from './recording/index.ts';
export * from './report/index.ts';
