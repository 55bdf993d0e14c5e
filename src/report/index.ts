export { renderReport, type Report } from './render.ts';
export { writeReport } from './write.ts';
