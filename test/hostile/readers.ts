import { cpSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { frame } from '../../src/recording/frames.ts';
import {
  checkIdentity,
  exportRun,
  loadCheckpoint,
  openProblem,
  openRunDirectory,
  problemFields,
  readProblem,
  readRun,
  readSummary,
  readSweep,
  type ProblemFormat,
} from '../../src/recording/index.ts';
import { pack, unpack } from '../../src/recording/pack.ts';
import plasticity from '../../scenarios/problems/rosenbaum-meta-plasticity.ts';
import reservoir from '../../scenarios/problems/rosenbaum-supertrex.ts';
import online from '../../scenarios/problems/rxflo-online.ts';
import published from '../../scenarios/problems/rxflo-spiking-published.ts';
import spiking from '../../scenarios/problems/rxflo-spiking.ts';
import { writeReport, writeSweepReport } from '../../src/report/index.ts';
import { fromCsv } from '../../src/tasks/index.ts';
import { makeRun, makeSweep, payloadsOf, problem, publishedProblem, spikingProblem } from './examples.ts';
import type { Mutator } from './mutate.ts';

/** A reader of files that anyone may have written, and how to make wrong ones for it. */
export interface Reader {
  /** Writes the next wrong file. */
  readonly make: (mutator: Mutator) => void;
  /** Reads it. */
  readonly read: () => unknown;
  /** Does with what was read what commands do: reports and exports. */
  readonly use?: () => void;
}

/** The reader of a format of problems, given a right one. */
function problemReader(directory: string, { format, read }: ProblemFormat, right: object): Reader {
  const file = join(directory, 'p.json');
  return {
    make: (mutator) => {
      writeFileSync(file, mutator.json(mutator.pick([right, { problem: right, expected: {}, tolerance: 1 }])));
    },
    read: () => {
      const fields = problemFields(file, openProblem(file));
      fields.choice('format', [format]);
      read(fields);
      fields.end();
    },
  };
}

/** The problem of a vector in test/systems/vectors. */
function ofVector(name: string): object {
  const file = new URL(`../systems/vectors/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly problem: object }).problem;
}

/** Every reader, by what it reads, at work in a directory of its own; `outside` is what their files may link to. */
export const READERS: Readonly<Record<string, (directory: string, outside: string) => Promise<Reader> | Reader>> = {
  problem: (directory) => {
    const file = join(directory, 'p.json');
    const right = [problem, { problem, expected: {}, tolerance: 1 }];
    return {
      make: (mutator) => {
        writeFileSync(file, mutator.json(mutator.pick(right)));
      },
      read: () => readProblem(file),
    };
  },

  spiking: (directory) => problemReader(directory, spiking, spikingProblem),

  'spiking, published': (directory) => problemReader(directory, published, publishedProblem),

  online: (directory) => problemReader(directory, online, ofVector('compartments-symmetric')),

  reservoir: (directory) => problemReader(directory, reservoir, ofVector('supertrex-arm-one-segment')),

  'meta-plasticity': (directory) => problemReader(directory, plasticity, ofVector('meta-one-unit-each-no-samples')),

  csv: () => {
    const right = ['x,target\n0.0,0.1\n0.5,0.2\n1.0,0.3\n', 'a;b\n1;2\n', '"a ""b""",c\r\n1e3,-.5\r\n'].map((text) =>
      Buffer.from(text),
    );
    const signs = [
      ',',
      '""',
      '"',
      '\r',
      '\r\n',
      ';',
      '\t',
      '\uFEFF',
      '0x10',
      '1_000',
      '1e400',
      '∞',
      '-',
      '.',
      'e5',
      ' '.repeat(50),
      '1'.repeat(9999),
    ];
    let [text, whole] = ['', true];
    return {
      make: (mutator) => {
        text = mutator.bytes(mutator.pick(right)).toString(mutator.onceIn(2) ? 'utf8' : 'latin1');
        const at = mutator.below(text.length);
        text =
          text.slice(0, at) +
          (mutator.onceIn(2) ? mutator.text() : mutator.pick(signs)) +
          text.slice(at + mutator.below(3));
        whole = mutator.onceIn(2);
      },
      read: () => {
        const columns = text.split('\n')[0].split(',');
        const file = { name: 'x.csv', text };
        return whole
          ? fromCsv({ target: file })
          : fromCsv({ file, targets: columns.slice(-1), inputs: columns.slice(0, 1) });
      },
    };
  },

  recording: async (directory, outside) => {
    const [run, file] = [join(directory, 'run'), join(directory, 'run', 'recording.msgpack')];
    await makeRun(run);
    rmSync(join(run, 'summary.json'));
    const right = payloadsOf(file);
    return {
      make: (mutator) => {
        const payloads = right.map((payload): Uint8Array => payload);
        if (mutator.onceIn(4)) {
          writeFileSync(file, mutator.bytes(Buffer.concat(payloads.map(frame))));
        } else {
          const at = mutator.onceIn(3) ? 0 : mutator.below(payloads.length);
          payloads[at] = mutator.onceIn(3)
            ? mutator.bytes(payloads[at])
            : pack(mutator.value(unpack(payloads[at], 'right')));
          writeFileSync(file, Buffer.concat(payloads.map(frame)));
        }
        plant(mutator, outside, [join(run, 'report.html'), join(run, 'figures'), join(run, 'export')]);
      },
      read: () => readRun(run),
      use: () => {
        for (const action of [
          () => writeReport(readRun(run)),
          () => exportRun(run, 'csv', join(run, 'export')),
          () => exportRun(run, 'npz', join(run, 'export')),
        ]) {
          action();
        }
      },
    };
  },

  summary: async (directory) => {
    const [run, file] = [join(directory, 'run'), join(directory, 'run', 'summary.json')];
    await makeRun(run);
    const right: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return {
      make: (mutator) => {
        writeFileSync(file, mutator.json(right));
      },
      read: () => readSummary(file),
      use: () => writeReport(readRun(run)),
    };
  },

  checkpoint: async (directory) => {
    const [run, file] = [join(directory, 'run'), join(directory, 'run', 'checkpoint.msgpack')];
    await makeRun(run);
    const [right] = payloadsOf(file);
    const { identity } = loadCheckpoint(file);
    return {
      make: (mutator) => {
        writeFileSync(file, wrongFrame(mutator, right));
      },
      read: () => {
        checkIdentity(file, loadCheckpoint(file).identity, identity);
      },
    };
  },

  sweep: (directory, outside) => {
    const [sweep, file] = [join(directory, 'sweep'), join(directory, 'sweep', 'sweep.json')];
    makeSweep(sweep);
    const right: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return {
      make: (mutator) => {
        writeFileSync(file, mutator.json(right));
        plant(mutator, outside, [join(sweep, 'results.csv'), join(sweep, 'figures')]);
      },
      read: () => readSweep(sweep),
      use: () => writeSweepReport(readSweep(sweep)),
    };
  },

  realization: (directory) => {
    const sweep = join(directory, 'sweep');
    makeSweep(sweep);
    const file = join(sweep, 'realizations', 'cell-2-seed-1.msgpack');
    const [right] = payloadsOf(file);
    return {
      make: (mutator) => {
        writeFileSync(file, wrongFrame(mutator, right));
      },
      read: () => readSweep(sweep),
      use: () => writeSweepReport(readSweep(sweep)),
    };
  },

  lock: async (directory, outside) => {
    const run = join(directory, 'run');
    await makeRun(run);
    const right = { host: hostname(), pid: 999_999_999, began: 1 };
    return {
      make: (mutator) => {
        const lock = join(run, `lock.${mutator.pick([1, 77, process.pid])}`);
        for (const number of [1, 77, process.pid])
          rmSync(join(run, `lock.${number}`), { force: true, recursive: true });
        if (mutator.onceIn(8)) symlinkSync(outside, lock);
        else if (mutator.onceIn(50)) cpSync(outside, lock, { recursive: true });
        else writeFileSync(lock, mutator.onceIn(9) ? Buffer.alloc(9999) : mutator.json(right));
      },
      read: () => {
        openRunDirectory(run).unlock();
      },
    };
  },
};

/** Now and then, links to what lies outside, where a command will write. */
function plant(mutator: Mutator, outside: string, places: readonly string[]): void {
  for (const place of places) {
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(place);
    if (!mutator.onceIn(8)) continue;
    rmSync(place, { force: true, recursive: true });
    symlinkSync(mutator.onceIn(2) ? outside : join(outside, 'mine.txt'), place);
  }
}

function wrongFrame(mutator: Mutator, right: Buffer): Uint8Array {
  switch (mutator.below(3)) {
    case 0:
      return mutator.bytes(Buffer.from(frame(right)));
    case 1:
      return frame(mutator.bytes(right));
    default:
      return frame(pack(mutator.value(unpack(right, 'right'))));
  }
}
