import type loadWabt from 'wabt';
import { InputError } from '../errors/index.ts';

type Wabt = Awaited<ReturnType<typeof loadWabt>>;

let loading: Promise<void> | undefined;
let wabt: Wabt | undefined;

/** Loads the assembler of the kernels, once: only those wait for it who run kernels. */
export function loadKernels(): Promise<void> {
  loading ??= import('wabt')
    .then((module) => module.default())
    .then((loaded) => {
      wabt = loaded;
    });
  return loading;
}

/** Turns WebAssembly text into a module. @throws InputError if the assembler has not been loaded yet. */
export function assemble(text: string): WebAssembly.Module {
  const assembler = loadedOrThrow();
  const parsed = assembler.parseWat('kernel.wat', text, { simd: true, bulk_memory: true, mutable_globals: true });
  try {
    return new WebAssembly.Module(new Uint8Array(parsed.toBinary({}).buffer));
  } finally {
    parsed.destroy();
  }
}

/** @throws InputError if the assembler has not been loaded yet. */
export function loadedOrThrow(): Wabt {
  if (wabt) return wabt;
  throw new InputError('engine', "the kernels are not loaded yet; first `await loadKernels()`, or use engine 'actors'");
}
