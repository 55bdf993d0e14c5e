export { renderReport, type Report } from './render.ts';
export { writeReport } from './write.ts';
export { renderLedger } from './render-ledger.ts';
export { writeLedger } from './write-ledger.ts';
export { writeAlignment } from './alignment/write.ts';
export { renderSweepReport } from './sweep/render.ts';
export { writeSweepReport } from './sweep/write.ts';
