import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';
import { node } from './ours.ts';

const SCRIPT = fileURLToPath(new URL('../peers/tfjs.ts', import.meta.url));
const PACKAGES = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'];

/** TensorFlow.js, which knows float32 only. */
export const tfjs: Contender = {
  name: 'tfjs',
  about: 'TensorFlow.js on WebAssembly, float32',
  precision: 'f32',
  leftOut: ({ algorithm }) => (algorithm === 'rtrl' ? 'RTRL is not written in TensorFlow.js' : null),
  prepare: () => (PACKAGES.every(installed) ? node(SCRIPT) : `${PACKAGES.join(' and ')} are not installed`),
};

function installed(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
