/** What users get of this room; `index.ts` is the door for the rooms above. */
export { renderReport, renderSweepReport, writeReport, writeSweepReport, type Report } from './index.ts';
