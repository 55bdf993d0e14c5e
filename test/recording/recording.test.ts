import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame } from '../../src/recording/frames.ts';
import {
  createRecording,
  numberArray,
  numbersOf,
  readRecording,
  resumeRecording,
  type RunRecord,
} from '../../src/recording/index.ts';
import { pack } from '../../src/recording/pack.ts';
import { bytesOf, complaint, header, readAll, sample, scratch, write } from './sample.ts';

function trial(number: number, loss = 0.5, alignment: number | null = 0.25): RunRecord {
  return { kind: 'trial', learner: 'rflo', trial: number, loss, alignment };
}

describe('a recording', () => {
  test('comes back as it was written', () => {
    const file = join(scratch(), 'r');
    const ends = write(file, sample);
    const { records, end } = readAll(file);
    expect(records.map(withNumbers)).toEqual(sample.map(withNumbers));
    expect(end).toEqual({ goodBytes: ends.at(-1), torn: false });
  });

  test('keeps every bit of every number', () => {
    const directory = scratch();
    let run = 0;
    fc.assert(
      fc.property(fc.array(fc.double()), fc.double(), fc.option(fc.double()), (values, loss, alignment) => {
        const file = join(directory, String(run++));
        const array = numberArray(Float64Array.from(values), [values.length]);
        write(file, [header, trial(1, loss, alignment), probe(array)]);
        const [, first, second] = readAll(file).records;
        if (first.kind !== 'trial' || second.kind !== 'probe') throw new Error('another record came back');
        expect(Object.is(first.loss, loss)).toBe(true);
        expect(Object.is(first.alignment, alignment)).toBe(true);
        expect([...numbersOf(second.values)].every((value, i) => Object.is(value, values[i]))).toBe(true);
      }),
      { numRuns: 200, examples: [[[5e-324, -0, 0, -1e308], -0, -0]] },
    );
  });

  test('has the same bytes whenever it is written out', () => {
    const directory = scratch();
    const wanted = join(directory, 'wanted');
    const large = numberArray(new Float64Array(10_000).fill(0.1), [10_000]);
    const records = [...sample, probe(large), ...sample.slice(1)];
    write(wanted, records);
    let run = 0;
    const moments = fc.array(fc.constantFrom('no', 'flush', 'sync'), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(moments, (when) => {
        const file = join(directory, String(run++));
        const writer = createRecording(file);
        records.forEach((record, i) => {
          writer.append(record);
          if (when[i] === 'flush') writer.flush();
          if (when[i] === 'sync') expect(writer.sync()).toBe(bytesOf(file).length);
        });
        writer.close();
        expect(bytesOf(file).equals(bytesOf(wanted))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('cut at any byte, gives every whole record before the cut', () => {
    const file = join(scratch(), 'r');
    const ends = write(file, sample);
    for (let cut = ends[ends.length - 1] - 1; cut >= ends[0]; cut--) {
      truncateSync(file, cut);
      const whole = ends.filter((end) => end <= cut);
      const { records, end } = readAll(file);
      expect(records.map(withNumbers)).toEqual(sample.slice(0, whole.length).map(withNumbers));
      expect(end).toEqual({ goodBytes: whole.at(-1), torn: cut !== whole.at(-1) });
    }
    for (let cut = ends[0] - 1; cut >= 0; cut--) {
      truncateSync(file, cut);
      expect(complaint(() => readAll(file))).toContain('does not begin with a header record');
    }
  });

  test('with any bit flipped, never passes for whole', () => {
    const file = join(scratch(), 'r');
    write(file, sample);
    const good = bytesOf(file);
    const wanted = sample.map(withNumbers);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(7), (at, bit) => {
        const bad = Buffer.from(good);
        bad[at] ^= 1 << bit;
        writeFileSync(file, bad);
        const records: RunRecord[] = [];
        let noticed: boolean;
        try {
          const reader = readRecording(file);
          let step = reader.next();
          for (; !step.done; step = reader.next()) records.push(step.value);
          noticed = step.value.torn;
        } catch {
          noticed = true;
        }
        expect(noticed).toBe(true);
        expect(records.map(withNumbers)).toEqual(wanted.slice(0, records.length));
      }),
      { numRuns: 2000 },
    );
  });

  test('damaged in the middle, says at which byte', () => {
    const file = join(scratch(), 'r');
    const ends = write(file, sample);
    const good = bytesOf(file);
    for (let at = ends[1]; at < ends[2]; at++) {
      const bad = Buffer.from(good);
      bad[at] ^= 0x10;
      writeFileSync(file, bad);
      expect(complaint(() => readAll(file))).toBe(
        `${file}: is damaged at byte ${ends[1]}: expected a complete record there; use a good copy of the file`,
      );
    }
  });

  test('with a tail of zeros, as a power cut may leave it, is torn', () => {
    const file = join(scratch(), 'r');
    const ends = write(file, sample);
    writeFileSync(file, Buffer.concat([bytesOf(file), Buffer.alloc(5000)]));
    expect(readAll(file).end).toEqual({ goodBytes: ends.at(-1), torn: true });
  });

  test('is not written over', () => {
    const file = join(scratch(), 'r');
    write(file, sample);
    expect(complaint(() => createRecording(file))).toBe(`${file}: exists already; give another name`);
  });

  test('larger than what is read at a time comes back whole', () => {
    const file = join(scratch(), 'r');
    const large = numberArray(new Float64Array(300_000).fill(Math.PI), [300_000]);
    write(file, [header, ...Array.from({ length: 5000 }, (_, i) => trial(i + 1)), probe(large), trial(5001)]);
    const { records, end } = readAll(file);
    expect(records.length).toBe(5003);
    expect(end.torn).toBe(false);
    expect(records[5001]).toMatchObject({ kind: 'probe', values: { shape: [300_000] } });
  });
});

describe('a hostile recording', () => {
  const weights = { kind: 'weights', learner: 'rflo', when: 'before', group: 'recurrent' };
  const cases: Readonly<Record<string, [Uint8Array, string]>> = {
    'an array of four billion': [Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff), 'is not msgpack'],
    'a map of four billion': [Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff), 'is not msgpack'],
    'bytes that are not there': [Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff), 'is not msgpack'],
    'lists a hundred thousand deep': [new Uint8Array(100_000).fill(0x91), 'is not msgpack'],
    'an extension type': [Uint8Array.of(0xd6, 0xff, 0, 0, 0, 0), 'byte 0 begins an extension type'],
    'one inside': [
      Uint8Array.of(0x81, 0xa1, 0x61, 0xd4, 0x72, 0x40, 0x91, 0xa1, 0x78),
      'byte 3 begins an extension type',
    ],
    'a field twice': [Uint8Array.of(0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2), "the field 'a' is repeated at byte 4"],
    'a field of no name': [Uint8Array.of(0x81, 1, 1), 'the name of a field at byte 1 is not text'],
    'a trap for a field': [pack(JSON.parse('{"__proto__":1}')), 'no field may be called __proto__'],
    'a matrix without columns': [
      pack({ ...weights, values: { dtype: '<f8', shape: [4294967295, 0], data: Buffer.alloc(0) } }),
      'values.shape: is not a matrix',
    ],
    'a matrix without rows': [
      pack({ ...weights, values: { dtype: '<f8', shape: [0, 4294967295], data: Buffer.alloc(0) } }),
      'values.shape: is not a matrix',
    ],
    'nothing at all': [Uint8Array.of(), 'is not msgpack'],
    'a number': [pack(3), '3 is not an object'],
    'an unknown kind': [pack({ kind: 'diary' }), "kind: 'diary' is not 'header', 'trial'"],
    'a missing field': [
      pack({ kind: 'trial', learner: 'a', trial: 1, loss: 1 }),
      'alignment: is missing or not a number',
    ],
    'an unknown field': [pack({ ...trial(1), mood: 1 }), 'mood: unknown field; expected one of kind, learner, trial'],
    'half a trial': [pack({ ...trial(1), trial: 1.5 }), 'trial: 1.5 is not a whole number'],
    'an array that is too short': [
      pack({
        ...probe(numberArray(new Float64Array(1), [1])),
        values: { dtype: '<f8', shape: [9, 9], data: Buffer.alloc(8) },
      }),
      'values.data: has 8 bytes; the shape [9, 9] takes 648',
    ],
    'an array of astronomical shape': [
      pack({
        ...probe(numberArray(new Float64Array(1), [1])),
        values: { dtype: '<f8', shape: [2e9, 2e9], data: Buffer.alloc(8) },
      }),
      'values.data: has 8 bytes',
    ],
    'numbers of another kind': [
      pack({
        ...probe(numberArray(new Float64Array(1), [1])),
        values: { dtype: '<f4', shape: [2], data: Buffer.alloc(8) },
      }),
      "values.dtype: '<f4' is not '<f8'",
    ],
  };
  test.each(Object.entries(cases))('with %s is refused, with the place', (_, [payload, problem]) => {
    const file = join(scratch(), 'r');
    const [at] = write(file, [header]);
    writeFileSync(file, Buffer.concat([bytesOf(file), frame(payload)]));
    const message = complaint(() => readAll(file));
    expect(message).toContain(`${file}: record at byte ${at}`);
    expect(message).toContain(problem);
    expect(message.split('\n').length).toBe(1);
  });

  test('that declares four gigabytes costs none', () => {
    const file = join(scratch(), 'r');
    const [end] = write(file, [header]);
    const head = Buffer.from([0x92, 0xce, 1, 2, 3, 4, 0xc6, 0xff, 0xff, 0xff, 0xff, 0x80]);
    writeFileSync(file, Buffer.concat([bytesOf(file), head]));
    const before = process.memoryUsage().rss;
    expect(readAll(file).end).toEqual({ goodBytes: end, torn: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test('full of frames that are none is soon given up', () => {
    const file = join(scratch(), 'r');
    const head = Buffer.from([0x92, 0xce, 1, 2, 3, 4, 0xc6, 0, 0x7f, 0xff, 0xff]);
    write(file, [header]);
    writeFileSync(file, Buffer.concat([bytesOf(file), ...Array.from({ length: 1_000_000 }, () => head)]));
    expect(readAll(file).end.torn).toBe(true); // in hours, if each head were followed as far as it says
  });

  test('of another format, or none, is refused', () => {
    const file = join(scratch(), 'r');
    writeFileSync(file, 'loss,alignment\n1,2\n');
    expect(complaint(() => readAll(file))).toContain('is not a recording');
    writeFileSync(file, frame(pack({ ...header, format: 'rxflo-recording/2' })));
    expect(complaint(() => readAll(file))).toContain("format: 'rxflo-recording/2' is not 'rxflo-recording/1'");
    writeFileSync(file, frame(pack(trial(1))));
    expect(complaint(() => readAll(file))).toContain('begins with a trial record');
    expect(complaint(() => readAll(join(file, 'x')))).toContain('is inside a file');
    expect(complaint(() => readAll(`${file}.no`))).toContain('does not exist');
    expect(complaint(() => readAll(join(file, '..')))).toContain('is a directory');
  });
});

describe('resuming a recording', () => {
  test('at any record gives the bytes of one that never stopped', () => {
    const directory = scratch();
    const wanted = join(directory, 'wanted');
    const ends = [0, ...write(wanted, sample)];
    ends.forEach((bytes, done) => {
      const file = join(directory, `at-${done}`);
      writeFileSync(file, Buffer.concat([bytesOf(wanted), Buffer.from('torn')]));
      const writer = resumeRecording(file, bytes);
      expect(writer.bytes).toBe(bytes);
      sample.slice(done).forEach((record) => {
        writer.append(record);
      });
      writer.close();
      expect(bytesOf(file).equals(bytesOf(wanted))).toBe(true);
    });
  });

  test('that is shorter than its checkpoint, cut elsewhere or damaged is refused, and the file stays as it is', () => {
    const file = join(scratch(), 'r');
    const ends = write(file, sample);
    const good = bytesOf(file);
    expect(complaint(() => resumeRecording(file, good.length + 1))).toContain(
      `has ${good.length} bytes, but had ${good.length + 1} when the checkpoint was saved`,
    );
    expect(complaint(() => resumeRecording(file, ends[1] + 1))).toContain(`no record ends at byte ${ends[1] + 1}`);
    const bad = Buffer.from(good);
    bad[ends[0] + 20] ^= 1;
    writeFileSync(file, bad);
    expect(complaint(() => resumeRecording(file, ends[3]))).toContain(`is damaged at byte ${ends[0]}`);
    expect(bytesOf(file).equals(bad)).toBe(true);
  });

  test('from the start needs no file', () => {
    const file = join(scratch(), 'r');
    resumeRecording(file, 0).close();
    expect(bytesOf(file).length).toBe(0);
    expect(complaint(() => resumeRecording(`${file}.no`, 10))).toContain('does not exist');
  });
});

function probe(values: ReturnType<typeof numberArray>): RunRecord {
  return { kind: 'probe', learner: 'rflo', probe: 'h', trial: 1, timestep: null, values };
}

/** The record with its packed arrays as plain numbers, which compare by value. */
function withNumbers(record: RunRecord): unknown {
  const entries = Object.entries(record).map(([key, value]: [string, unknown]) => {
    const packed = typeof value === 'object' && value !== null && 'dtype' in value;
    return [
      key,
      packed ? { ...value, data: 'data' in value && value.data instanceof Uint8Array ? [...value.data] : [] } : value,
    ];
  });
  return Object.fromEntries(entries);
}
