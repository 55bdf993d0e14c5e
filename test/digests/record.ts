import { writeFileSync } from 'node:fs';
import { loadKernels } from '../../src/kernels/index.ts';
import { FILE, record } from './recording.ts';

// Records what every engine computes now: npx tsx test/digests/record.ts
// Only for a change that is meant to give other bits: test/golden/README.md.

await loadKernels();
writeFileSync(FILE, await record());
