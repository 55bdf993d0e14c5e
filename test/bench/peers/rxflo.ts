/**
 * rxflo as a peer among peers: it too has a process of its own, with its own warm-up and memory.
 *
 *     node --import tsx rxflo.ts actors|solvers|kernels-f64|kernels-history|kernels-f32 PROBLEM.json
 */
import { engineLearner } from './engines.ts';
import { serve } from './serve.ts';

/** How often a kernel is built, to see how long that takes. */
const BUILDS = 5;

const [name, file] = process.argv.slice(2);
const isKernel = name.startsWith('kernels');
const { learner, milliseconds } = await engineLearner(name, file, isKernel ? BUILDS : 1);
await serve(learner, { versions: { Node: process.versions.node }, ...(isKernel && { build: milliseconds }) });
