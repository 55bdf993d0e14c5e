import { spawnSync } from 'node:child_process';
import crc from 'crc-32';
import { pack, unpack } from 'msgpackr';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSweep, resultsCsv, summarizeSweep, type SweepData } from '../../src/recording/index.ts';
import type { SweepEvent, SweepOptions } from '../../src/sweep/index.ts';
import { observe, openSession, sessionOptions } from '../../src/training/index.ts';
import { InputError, sweep } from '../support/built.ts';
import { eventsOf, trialsOf } from '../support/sessions.ts';
import hazards from './hazards.ts';

const HAZARDS = fileURLToPath(new URL('hazards.ts', import.meta.url));
/** By chance some of its realizations diverge, all on the kernels, and others not. */
const grid = { diverges: [0, 0.02], learner: ['rflo', 'bptt'] };

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rxflo-sweep-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const at = (name: string) => join(directory, name);
const options = (name: string, more: Partial<SweepOptions> = {}): SweepOptions => ({
  ...{ scenario: HAZARDS, grid, seeds: 3, workers: 1, directory: at(name) },
  ...more,
});
const all = (name: string, more?: Partial<SweepOptions>): Promise<SweepEvent[]> =>
  lastValueFrom(sweep(options(name, more)).pipe(toArray()));
const csv = (data: SweepData) => [...resultsCsv(data)].join('');
const ranIn = (events: readonly SweepEvent[]) =>
  events.flatMap((event) => (event.type === 'realization' ? [`${event.cell.number}/${event.realization.seed}`] : []));

/** A sweep and a quick size for a scenario. */
const OWN =
  "sweep: { grid: { learner: ['rflo', 'bptt'] }, best: 'learner' }," +
  'quick: { trials: 2, seeds: 2, grid: { quits: [0] }, settings: { diverges: 0.5 } },';

/** What stands before a payload: see docs/formats.md, "Recording". */
function head(payload: Uint8Array): Buffer {
  const bytes = Buffer.from([0x92, 0xce, 0, 0, 0, 0, 0xc6, 0, 0, 0, 0]);
  bytes.writeUInt32BE(crc.buf(payload) >>> 0, 2);
  bytes.writeUInt32BE(payload.length, 7);
  return bytes;
}

/** Why a sweep is refused, and that it leaves the directory as it was. */
async function refused(name: string, more: Partial<SweepOptions> = {}): Promise<string> {
  const before = existsSync(at(name)) ? readdirSync(at(name)).sort() : null;
  const error: unknown = await all(name, more).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  expect(existsSync(at(name)) ? readdirSync(at(name)).sort() : null).toEqual(before);
  return error instanceof Error ? error.message : '';
}

describe('a sweep', () => {
  beforeAll(async () => {
    await all('whole');
  });

  it.each([2])('has the same bytes on %i workers as on one', async (workers) => {
    const events = await all(`on-${workers}`, { workers });
    expect(ranIn(events).sort()).toEqual(
      ['1', '2', '3', '4'].flatMap((cell) => ['1', '2', '3'].map((s) => `${cell}/${s}`)),
    );
    const files = readdirSync(at('whole/realizations'));
    expect(files).toHaveLength(12);
    for (const file of files) {
      const [one, other] = ['whole', `on-${workers}`].map((name) => readFileSync(join(at(name), 'realizations', file)));
      expect(one.equals(other), file).toBe(true);
    }
    expect(csv(readSweep(at(`on-${workers}`)))).toBe(csv(readSweep(at('whole'))));
  });

  it('counts what learners cost where its scenario asks for that', async () => {
    await all('costs', {
      scenario: 'scenarios/locality-map.ts',
      grid: { angle: ['0', 'random'], learner: ['rflo', 'snap-1', 'rtrl'] },
      ...{ seeds: 1, trials: 2, settings: { units: 8, period: 10 } },
    });
    const { costs } = readSweep(at('costs')).description;
    expect(costs.map(({ learner }) => learner)).toEqual(['rflo', 'snap-1-random', 'rtrl-random']);
    const [local, , global] = costs;
    // Its sum of changes, and its trace or, at the readout, nothing more.
    expect(local.bytes).toBeGreaterThan(8);
    expect(local.bytes).toBeLessThan(24);
    expect(global.bytes).toBeGreaterThan(8 * 8);
    expect(global.reads).toBeGreaterThan(3 * (local.reads ?? Infinity));
    expect(readSweep(at('whole')).description.costs).toEqual([]);
  });

  it('keeps of each realization what it has alone', async () => {
    for (const { values, learner, realizations } of readSweep(at('whole')).cells) {
      for (const kept of realizations) {
        const settings = { diverges: Number(values['diverges']) };
        const plan = hazards.plan({ settings, learners: [learner], seed: kept?.seed ?? NaN, usualEngine: 'actors' });
        const events = await eventsOf(sessionOptions(plan, plan.learners[0]));
        expect([...(kept?.losses ?? [])]).toEqual(trialsOf(events).map(({ loss }) => loss));
        const last = events.at(-1);
        if (last?.type === 'failed') expect(kept).toMatchObject({ ended: 'diverged', error: last.error.message });
        else expect(kept).toMatchObject({ ended: 'trials', error: null });
      }
    }
  });

  it('has an alignment where the error comes back through the feedback weights, and nowhere else', () => {
    for (const { learner, feedback, realizations } of readSweep(at('whole')).cells) {
      expect(feedback).toBe(learner === 'bptt' ? 'symmetric' : 'random');
      for (const one of realizations) {
        expect(one?.alignments).toHaveLength(one?.losses.length ?? NaN);
        expect([one?.alignment, one?.alignments[0]].every((value) => Number.isNaN(value))).toBe(learner === 'bptt');
      }
    }
  });

  it('counts what diverged as an infinite loss, and drops nothing', () => {
    const data = readSweep(at('whole'));
    const rows = csv(data).trimEnd().split('\n');
    expect(rows[0]).toBe('cell,diverges,learner,seed,trials,first_loss,final_loss,best_loss,alignment,ended,error');
    expect(rows).toHaveLength(13);
    const diverged = rows.filter((row) => row.includes(',diverged,'));
    expect(diverged.length).toBeGreaterThan(0);
    for (const row of diverged) expect(row).toMatch(/^[34],0\.02,(rflo|bptt),\d,\d+,[^,]*,inf,.*,diverged,.*trial \d+/);
    const { state, realizations, cells, failures } = summarizeSweep(data);
    expect({ state, realizations }).toEqual({
      state: 'finished',
      realizations: { planned: 12, ended: 12, diverged: diverged.length, failed: 0 },
    });
    expect(failures).toHaveLength(diverged.length);
    expect(cells[0].finalLoss.median).toBeGreaterThan(0);
    const [third] = cells.filter(({ realizations: { diverged: count } }) => count >= 2);
    expect(third.finalLoss.median).toBe('diverged');
  });

  it('keeps what the outputs answer at the end, in the first trial without learning', async () => {
    const { cells } = readSweep(at('whole'));
    for (const { values, learner, realizations } of cells) {
      for (const kept of realizations) {
        if (kept === null || kept.ended === 'diverged') {
          expect(kept?.outputs).toBeNull();
          continue;
        }
        const settings = { diverges: Number(values['diverges']) };
        const plan = hazards.plan({ settings, learners: [learner], seed: kept.seed, usualEngine: 'actors' });
        const session = openSession(sessionOptions(plan, plan.learners[0]));
        await eventsOf(session);
        const last = openSession({ ...sessionOptions(plan, plan.learners[0]), resume: session.state() });
        const { target, ...trial } = last.trialOf(1);
        const rates = [...(observe(last.engine, { ...trial, target }).get('y') ?? [])];
        expect(rates).toHaveLength(12);
        expect(kept.outputs).toEqual({ y: { size: 1, rates: Float64Array.from(rates), target } });
      }
    }
  });

  it('reads what earlier versions wrote, which knew neither scores nor outputs nor a best', () => {
    const whole = readSweep(at('whole'));
    const old = at('old');
    cpSync(at('whole'), old, { recursive: true });
    const text = readFileSync(join(old, 'sweep.json'), 'utf8');
    expect(text).toContain('"format": "rxflo-sweep/3"');
    writeFileSync(
      join(old, 'sweep.json'),
      text
        .replace('rxflo-sweep/3', 'rxflo-sweep/1')
        .replaceAll(/^ {2}"(?:best": null|score": null),\n|,\n {2}"scores": \[\]/gm, ''),
    );
    for (const name of readdirSync(join(old, 'realizations'))) {
      const file = join(old, 'realizations', name);
      const [, payload] = unpack(readFileSync(file)) as [number, Uint8Array];
      const { outputs, shown, tested, ...others } = unpack(payload) as Record<string, unknown>;
      expect([outputs, shown, tested]).not.toContain(undefined);
      const earlier = pack({ ...others, format: 'rxflo-realization/1' });
      writeFileSync(file, Buffer.concat([head(earlier), earlier]));
    }
    const read = readSweep(old);
    expect(read.description).toEqual(whole.description);
    expect(csv(read)).toBe(csv(whole));
    expect(read.cells.flatMap(({ realizations }) => realizations.map((one) => one?.outputs))).toEqual(
      Array(12).fill(null),
    );
  });

  it('is shown at the best of an axis, which may be asked for anew, and changes no result', async () => {
    const best = async (name: string, more: Partial<SweepOptions>) => {
      await all(name, { ...more, resume: true });
      return summarizeSweep(readSweep(at(name)));
    };
    cpSync(at('whole'), at('tuned'), { recursive: true });
    expect((await best('tuned', { best: 'learner' })).best).toBe('learner');
    const { cells } = summarizeSweep(readSweep(at('tuned')));
    const [first, second] = cells.slice(0, 2).map(({ finalLoss: { median } }) => Number(median));
    expect(cells.slice(0, 2).map((cell) => cell.best)).toEqual([first <= second, first > second]);
    expect(csv(readSweep(at('tuned')))).toBe(csv(readSweep(at('whole'))));
    expect((await best('tuned', {})).cells.map((cell) => cell.best)).toEqual([true, true, true, true]);
    expect(await refused('tuned', { best: 'quits', resume: true })).toMatch(
      /^best: unknown axis 'quits' of the grid; expected/,
    );
  });

  it('runs the quick size of a scenario, where nothing else is asked', async () => {
    const file = at('quick.ts');
    const text = readFileSync(HAZARDS, 'utf8').replace("compare: ['rflo', 'bptt'],", (compare) => `${compare} ${OWN}`);
    writeFileSync(file, text);
    const quick = async (name: string, more: Partial<SweepOptions>) => {
      await lastValueFrom(sweep({ scenario: file, quick: true, workers: 1, directory: at(name), ...more }));
      const { description } = readSweep(at(name));
      const { seeds, settings, learners, best } = description;
      return { grid: description.grid, seeds, settings, best, trials: learners[0].trials };
    };
    const usual = { grid: { quits: [0] }, seeds: [1, 2], settings: { diverges: 0.5 }, best: null, trials: 2 };
    expect(await quick('quick', {})).toEqual(usual);
    const asked = { trials: 3, seeds: [7], grid: { diverges: [0], learner: ['rflo'] } };
    expect(await quick('quick-asked', asked)).toEqual({ ...usual, ...asked, settings: {}, best: 'learner' });
    expect(await quick('quick-set', { settings: { diverges: 0 } })).toEqual({ ...usual, settings: { diverges: 0 } });
    expect(await refused('never', { quick: true })).toMatch(/^quick: this scenario has no quick size/);
  });

  it('runs nothing twice that has ended, and a sweep that was stopped ends with the same bytes', async () => {
    const twoDone = sweep(options('stopped')).pipe(
      filter(({ type }) => type === 'realization'),
      take(2),
    );
    await lastValueFrom(twoDone);
    const kept = readdirSync(at('stopped/realizations'));
    expect(kept.sort()).toEqual(['cell-1-seed-1.msgpack', 'cell-2-seed-1.msgpack']);
    const times = kept.map((file) => statSync(at(`stopped/realizations/${file}`)).mtimeMs);
    writeFileSync(at('stopped/realizations/cell-3-seed-1.msgpack.12345'), 'half'); // what a kill leaves
    writeFileSync(at('stopped/lock.999999999'), 'no lock of ours');

    const events = await all('stopped', { resume: true });
    expect(events[0]).toEqual({ type: 'begun', directory: at('stopped'), done: 2, total: 12 });
    expect(ranIn(events)).toHaveLength(10);
    expect(kept.map((file) => statSync(at(`stopped/realizations/${file}`)).mtimeMs)).toEqual(times);
    expect(readdirSync(at('stopped')).sort()).toEqual(readdirSync(at('whole')).sort());
    expect(csv(readSweep(at('stopped')))).toBe(csv(readSweep(at('whole'))));
    expect(ranIn(await all('stopped', { resume: true }))).toEqual([]);
  });

  it('goes on where a realization ends its worker, and keeps its losses up to there', async () => {
    // By chance, seed 4 ends it.
    const quits = { grid: { quits: [0, 0.0125] }, seeds: [4, 5] };
    const events = await all('quits', quits);
    const data = readSweep(at('quits'));
    expect(ranIn(events)).toHaveLength(4);
    const [[untouched, ...others], [crashed, after]] = data.cells.map(({ realizations }) => realizations);
    expect([untouched, ...others, after].map((one) => one?.ended)).toEqual(['trials', 'trials', 'trials']);
    expect(crashed).toMatchObject({ ended: 'failed', error: 'its worker ended: worker exited with code: 3' });
    const losses = [...(crashed?.losses ?? [])];
    expect(losses.length).toBeGreaterThan(0);
    expect(losses).toEqual([...(untouched?.losses ?? [])].slice(0, losses.length)); // it does not learn otherwise
    expect(csv(data)).toMatch(
      new RegExp(`^2,0.0125,rflo,4,${losses.length},\\d[^,]*,,\\d.*,failed,its worker ended`, 'm'),
    );
    expect(summarizeSweep(data)).toMatchObject({ state: 'failed', realizations: { failed: 1, diverged: 0 } });
    expect(ranIn(await all('quits', { ...quits, resume: true }))).toEqual([]); // a failed one is kept, too
  });

  it('refuses what is not this sweep, and says what differs', async () => {
    const resume = { resume: true };
    expect(await refused('whole')).toMatch(/already holds a sweep; give --resume/);
    expect(await refused('whole', { ...resume, seeds: 4 })).toMatch(/sweep\.json: seeds: .*\[1,2,3\].*\[1,2,3,4\]/);
    expect(await refused('whole', { ...resume, trials: 7 })).toMatch(/trials: .*the scenario's.*'7'/);
    expect(await refused('whole', { ...resume, grid: { diverges: [0, 0.02] } })).toMatch(/sweep\.json: grid: /);
    expect(await refused('nowhere', resume)).toMatch(/holds no sweep to resume/);
    const copy = at('hazards-copy.ts');
    copyFileSync(HAZARDS, copy);
    const small = { scenario: copy, grid: { learner: ['rflo'] }, seeds: 1 };
    await firstValueFrom(sweep(options('changed', small)));
    const changed = at('hazards-changed.ts');
    writeFileSync(changed, readFileSync(copy, 'utf8').replace('sd: 0.5', 'sd: 0.6'));
    expect(await refused('changed', { ...small, ...resume, scenario: changed })).toMatch(
      /sweep\.json: scenario: differs from that of the saved run/,
    );
  });

  it('refuses a directory of something else', async () => {
    mkdirSync(at('else'));
    writeFileSync(at('else/thesis.tex'), '');
    expect(await refused('else')).toMatch(/else: holds something else \(thesis\.tex\)/);
    writeFileSync(at('file'), '');
    await expect(all('file')).rejects.toThrow(/file: is a file; give a directory/);
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'cut short',
      (bytes) => bytes.subarray(0, 100),
      /checksum is wrong; delete the file, and resume to have it run again/,
    ],
    ['with a bit turned', (bytes) => bytes.fill(bytes[200] ^ 1, 200, 201), /checksum is wrong/],
    ['empty', () => Buffer.alloc(0), /is not a realization/],
    [
      'another realization',
      () => readFileSync(at('whole/realizations/cell-1-seed-2.msgpack')),
      /belongs to cell 1, seed 2/,
    ],
    [
      'of another sweep',
      () => readFileSync(at('quits/realizations/cell-1-seed-4.msgpack')),
      /belongs to another sweep/,
    ],
  ])('refuses a realization that is %s', async (_, damage, message) => {
    const file = at('whole/realizations/cell-1-seed-1.msgpack');
    const good = readFileSync(file);
    writeFileSync(file, damage(Buffer.from(good)));
    try {
      const problem = await refused('whole', { resume: true });
      expect(problem).toMatch(message);
      expect(problem.startsWith(file)).toBe(true);
      expect(() => readSweep(at('whole'))).toThrow(message);
    } finally {
      writeFileSync(file, good);
    }
  });

  it.each<[Partial<SweepOptions>, RegExp]>([
    [{ grid: { diverge: [1] } }, /^grid diverge: unknown option; expected /],
    [{ grid: { learner: ['rflo', 'hebb'] } }, /learner: unknown learner 'hebb'/],
    [{ grid: { learner: ['bptt'] }, schedule: 'online' }, /bptt/],
    [{ grid, settings: { diverges: 0 } }, /^grid diverges: is also set to a single value, 0/],
    [{ grid: { schedule: ['trial', 'online'] }, schedule: 'trial' }, /^grid schedule: is also set/],
    [{ seeds: 0 }, /^seeds: 0 is not a whole number/],
    [{ scenario: 'nowhere.ts' }, /^nowhere\.ts: there is no such file/],
  ])('refuses %o before anything is made', async (wrong, message) => {
    expect(await refused('never', wrong)).toMatch(message);
    expect(existsSync(at('never'))).toBe(false);
  });

  it('needs a grid, its own or the scenario’s, workers, and no field that is not there', async () => {
    await expect(lastValueFrom(sweep({ scenario: HAZARDS, directory: at('never') }))).rejects.toThrow(
      /^grid: is missing, and the scenario defines no sweep/,
    );
    expect(() => sweep(options('never', { workers: 0 }))).toThrow(/^workers: 0/);
    expect(() => sweep({ ...options('never'), ...(JSON.parse('{ "seed": 1 }') as object) })).toThrow(
      /sweep\.seed: unknown field/,
    );
  });

  it('keeps its directory to itself while it runs, and to nobody who was killed', async () => {
    const first = sweep(options('locked', { trials: 100_000 }));
    const message = await new Promise<string>((resolve, reject) => {
      const running = first.subscribe({
        next: ({ type }) => {
          if (type !== 'begun') return;
          all('locked', { trials: 100_000, resume: true })
            .then(
              () => 'nothing was refused',
              (error: unknown) => String(error),
            )
            .then((answer) => {
              running.unsubscribe();
              resolve(answer);
            }, reject);
        },
        error: reject,
      });
    });
    expect(message).toMatch(new RegExp(`lock\\.${process.pid}: process ${process.pid} is at work here`));
    expect(readdirSync(at('locked')).sort()).toEqual(['realizations', 'sweep.json']);

    const { hostname } = await import('node:os');
    const lock = (pid: number, host = hostname()) => {
      writeFileSync(join(at('locked'), `lock.${pid}`), JSON.stringify({ host, pid, began: 1 }));
    };
    const begins = () => firstValueFrom(sweep(options('locked', { trials: 100_000, resume: true })));
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    lock(dead);
    lock(process.pid); // an earlier process of the same number
    expect(await begins()).toMatchObject({ type: 'begun' });
    expect(readdirSync(at('locked')).sort()).toEqual(['realizations', 'sweep.json']);
    lock(process.ppid);
    await expect(begins()).rejects.toThrow(`process ${process.ppid} is at work here`);
    rmSync(at(`locked/lock.${process.ppid}`));
    lock(dead, 'elsewhere');
    await expect(begins()).rejects.toThrow(/on elsewhere is at work here; wait for it, or delete .*lock/);
  });
});
