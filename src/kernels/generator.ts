import type loadWabt from 'wabt';
import { InputError } from '../errors/index.ts';

type Wabt = Awaited<ReturnType<typeof loadWabt>>;

let loading: Promise<void> | undefined;
let wabt: Wabt | undefined;

/** Loads the assembler of the kernels, once; only code that runs kernels waits for it. */
export function loadKernels(): Promise<void> {
  loading ??= import('wabt')
    .then((module) => module.default())
    .then((loaded) => {
      wabt = loaded;
    });
  return loading;
}

/** How many modules are kept. A module is only code; memory and state belong to its instances. */
const KEPT = 8;

/** The most recently used modules, by their texts, the latest at the end. */
const modules = new Map<string, WebAssembly.Module>();

/**
 * Assembles WebAssembly text into a module. Realizations of one circuit usually have the same text, because their weights are not part of it:
 * they share one module, and with it the code that the host has optimised.
 *
 * @throws InputError if the assembler has not been loaded yet.
 */
export function assemble(text: string): WebAssembly.Module {
  const module = modules.get(text) ?? compile(text);
  modules.delete(text);
  modules.set(text, module);
  for (const oldest of modules.keys()) {
    if (modules.size <= KEPT) break;
    modules.delete(oldest);
  }
  return module;
}

function compile(text: string): WebAssembly.Module {
  const assembler = loadedOrThrow();
  const parsed = assembler.parseWat('kernel.wat', new TextEncoder().encode(text), {
    simd: true,
    bulk_memory: true,
    mutable_globals: true,
  });
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

/** Whether the assembler has been loaded. */
export function areLoaded(): boolean {
  return wabt !== undefined;
}
