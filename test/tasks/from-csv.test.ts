import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/index.ts';
import { fromCsv, type CsvColumns, type CsvText, type Task, type Trial } from '../../src/tasks/index.ts';
import { refusal } from '../refusal.ts';

const file = (text: string, name = 'a.csv'): CsvText => ({ name, text });
const only = (text: string): Task => fromCsv({ target: file(text) });
const first = (task: Task): Trial => task.trial(1, stream(1, 'trial', 1));

describe('fromCsv', () => {
  it('takes two whole files: one column a channel, one row a timestep', () => {
    const task = fromCsv({
      input: file('p,q\n1,2\n3,4\n5,6\n', 'in.csv'),
      target: file('y\n0.5\n-1e-3\n+.25\n', 'out.csv'),
    });
    expect(task.inputs).toBe(2);
    expect(task.outputs).toBe(1);
    const { timesteps, input, target } = first(task);
    expect(timesteps).toBe(3);
    expect([...input]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...target]).toEqual([0.5, -0.001, 0.25]);
  });

  it('takes columns of one file by name, in the order asked for, and passes over the others', () => {
    const csv = file('time,x1,y,x2,note\n0.1,1,10,2,start\n0.2,3,30,4,"a, ""b"""\n');
    const task = fromCsv({ file: csv, inputs: ['x2', 'x1'], targets: ['y'] });
    const { timesteps, input, target } = first(task);
    expect(timesteps).toBe(2);
    expect([...input]).toEqual([2, 1, 4, 3]);
    expect([...target]).toEqual([10, 30]);
  });

  it('needs no input', () => {
    const task = only('y,z\n1,2\n');
    expect([task.inputs, task.outputs, first(task).input.length]).toEqual([0, 2, 0]);
    expect(fromCsv({ file: file('y,z\n1,2\n'), targets: ['z'] }).inputs).toBe(0);
  });

  it('reads every float64 as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const { target } = first(only(`y\n${numbers.map((value) => String(value)).join('\n')}\n`));
        expect([...target]).toEqual(numbers.map((value) => (Object.is(value, -0) ? 0 : value)));
      }),
    );
  });

  it.each([
    ['a byte order mark', '\uFEFFx,y\n1,2\n3,4\n'],
    ['CRLF', 'x,y\r\n1,2\r\n3,4\r\n'],
    ['CR', 'x,y\r1,2\r3,4\r'],
    ['no end of the last line', 'x,y\n1,2\n3,4'],
    ['blank lines at the end', 'x,y\n1,2\n3,4\n\n\r\n \n'],
    ['rows of commas at the end', 'x,y\n1,2\n3,4\n,\n,\n'],
    ['spaces around cells', ' x , y\n 1 ,\t2\n3 , 4 \n'],
    ['quotes', '"x","y"\n"1","2"\n3,"4"\n'],
    ['a column that is no comment', '# of it,x,y\n0,1,2\n0,3,4\n'],
  ])('reads a file with %s', (_, text) => {
    const task = fromCsv({ file: file(text), inputs: ['x'], targets: ['y'] });
    expect([...first(task).input]).toEqual([1, 3]);
    expect([...first(task).target]).toEqual([2, 4]);
  });

  it.each([
    ['empty file', '', 'a.csv: is empty; give a header row'],
    ['blank file', '\n \n\n', 'a.csv: is empty; give a header row'],
    ['byte order mark alone', '\uFEFF', 'a.csv: is empty; give a header row'],
    ['header only', 'x,y\n', 'a.csv, line 1: is a header without rows; give one row for each timestep'],
    ['header after a blank line', '\nx,y\n', 'a.csv, line 1, column 1: has no name'],
    ['row too short', 'x,y\n1,2\n3\n', 'a.csv, line 3, column 2: the row has 1 cell, the header 2 cells'],
    ['row too long', 'x,y\n1,2,3\n', 'a.csv, line 2, column 3: the row has 3 cells, the header 2 cells'],
    [
      'blank line amid rows',
      'x,y\n1,2\n\n3,4\n',
      'a.csv, line 3: is blank; give a number for each column, or remove the line',
    ],
    ['blank line amid one column', 'y\n1\n\n3\n', 'a.csv, line 3: is blank'],
    ['word', 'x,y\n1,2\n3,4\n5,six\n', "a.csv, line 4, column 2 ('y'): 'six' is not a number; write it as 0.5"],
    ['two points', 'y\n1..5\n', "a.csv, line 2, column 1 ('y'): '1..5' is not a number"],
    ['unit', 'y\n1 mV\n', "line 2, column 1 ('y'): '1 mV' is not a number"],
    ['Infinity', 'y\n-Infinity\n', "'-Infinity' is not a finite number"],
    ['inf', 'y\ninf\n', "'inf' is not a finite number"],
    ['missing value', 'y\nN/A\n', "'N/A' is not a finite number; give one, or leave the cell empty"],
    ['overflow', 'y\n1e999\n', "'1e999' is too large for float64"],
    ['hexadecimal', 'y\n0x10\n', "'0x10' is not decimal; write the number in decimal"],
    ['thousands separator', 'y\n"1,234.5"\n', "'1,234.5' has a separator in it; write it as 1234.5"],
    ['Swiss separator', "y\n1'234\n", "'1'234' has a separator in it"],
    ['numeric underscore', 'y\n1_000\n', "'1_000' has a separator in it"],
    ['German number', 'y\n"1.234,5"\n', "'1.234,5' has a separator in it"],
    ['bare thousands separator', 'y\n1,234\n', 'a number has no commas in it: write 1234.5'],
    ['name twice', 'x,y,x\n1,2,3\n', "a.csv, line 1, column 3 ('x'): has the same name as column 1; give each its own"],
    ['column without a name', ',y\n0,1\n', 'a.csv, line 1, column 1: has no name; give every column one'],
    ['no header', '1,2\n3,4\n', 'a.csv, line 1: holds only numbers; add a header row'],
    ['semicolons', 'x;y\n1,5;2\n', "a.csv, line 1: seems to be separated by ';'; put commas between the cells"],
    ['tabs', 'x\ty\n1\t2\n', 'a.csv, line 1: seems to be separated by tabs; put commas'],
    [
      'quote never closed',
      'x,y\n1,2\n3,"4\n5,6\n',
      'a.csv, line 3: a cell opens with a quote (") that is never closed',
    ],
    [
      'UTF-16',
      Buffer.from('\uFEFFx,y\r\n1,2\r\n', 'utf16le').toString('utf8'),
      'a.csv: is UTF-16; save it as CSV UTF-8',
    ],
    ['UTF-16 without a mark', Buffer.from('x\ty\r\n1\t2\r\n', 'utf16le').toString('utf8'), 'a.csv: is UTF-16'],
    ['big-endian UTF-16', Buffer.from('\uFEFFx,y\n1,2\n', 'utf16le').swap16().toString('utf8'), 'a.csv: is UTF-16'],
    ['comment', '# recorded 2024\ncue,pos\n0,0.5\n', 'a.csv, line 1: begins with a comment; remove it'],
    ['comment above one column', '% by hand\n% twice\npos\n0.5\n', 'a.csv, line 1: begins with a comment'],
    ['quote inside a cell', 'y\n1\n2"3\n', 'a.csv, line 3: there is a quote (") inside a cell'],
    ['text after a quote', 'y\n"1"2\n', 'a.csv, line 2: text follows the closing quote (") of a cell'],
  ])('refuses %s, and says where', (_, text, message) => {
    expect(refusal(() => only(text))).toContain(message);
  });

  it('reads an empty cell of a target, or nan, as a sample that nothing is asked of', () => {
    const text = 'x,y,z\n1,,3\n4,nan,\n7,8,NaN\n';
    const task = fromCsv({ file: file(text), inputs: ['x'], targets: ['y', 'z'] });
    expect([...first(task).input]).toEqual([1, 4, 7]);
    expect([...first(task).target]).toEqual([NaN, 3, NaN, NaN, 8, NaN]);
    const ends = fromCsv({ target: file('y,z\n1,2\n,\n,\n\n'), input: file('x,w\n1,2\n3,4\n5,6\n,\n') });
    expect([...first(ends).target]).toEqual([1, 2, NaN, NaN, NaN, NaN]);
  });

  it.each([
    ['empty', 'x,y\n1,2\n,4\n5,6\n', "a.csv, line 3, column 1 ('x'): is empty; give a number"],
    ['NaN', 'x,y\n1,2\nNaN,4\n', "a.csv, line 3, column 1 ('x'): 'NaN' is not a finite number"],
  ])('refuses a cell of an input that is %s', (_, text, message) => {
    expect(refusal(() => fromCsv({ file: file(text), inputs: ['x'], targets: ['y'] }))).toContain(message);
  });

  it('counts the lines inside quotes', () => {
    const text = 'note,y\n"one\ntwo",1\nthree,x\n';
    expect(refusal(() => fromCsv({ file: file(text), targets: ['y'] }))).toContain("a.csv, line 4, column 2 ('y')");
  });

  it('names the file that is wrong of two', () => {
    const good = file('y\n1\n2\n', 'good.csv');
    const bad = file('x\n1\nx\n', 'bad.csv');
    expect(refusal(() => fromCsv({ input: bad, target: good }))).toMatch(/^bad\.csv, line 3/);
    expect(refusal(() => fromCsv({ input: good, target: bad }))).toMatch(/^bad\.csv, line 3/);
  });

  it('refuses input and target of unlike length', () => {
    const [short, long] = [file('x\n1\n', 'short.csv'), file('y\n1\n2\n3\n', 'long.csv')];
    expect(refusal(() => fromCsv({ input: short, target: long }))).toBe(
      'short.csv: has 1 row under its header, but long.csv has 3; give both one row for each timestep',
    );
  });

  it('refuses columns that are not there, listing those that are', () => {
    const choose = (choice: Omit<CsvColumns, 'file'>) => () => fromCsv({ file: file('x,y\n1,2\n'), ...choice });
    expect(refusal(choose({ targets: ['z'] }))).toBe(
      "fromCsv.targets[0]: unknown column 'z' of a.csv; expected 'x' or 'y'",
    );
    expect(refusal(choose({ targets: ['y'], inputs: ['x', 'X'] }))).toMatch(
      /^fromCsv\.inputs\[1\]: unknown column 'X' of /,
    );
    expect(refusal(choose({ targets: [] }))).toBe("fromCsv.targets: is empty; give columns of a.csv: 'x' or 'y'");
    expect(refusal(choose({ targets: ['y', 'y'] }))).toBe("fromCsv.targets[1]: 'y' is named twice; remove one");
  });

  it('refuses what is no description of files (scenarios run unchecked by types)', () => {
    const loosely = (source: string) => () => fromCsv(JSON.parse(source) as CsvColumns);
    expect(refusal(loosely('{ "target": "a.csv" }'))).toContain(
      "fromCsv.target: expected a file, { name: 'signals.csv', text: its content }, got 'a.csv'",
    );
    expect(refusal(loosely('{}'))).toContain(
      "fromCsv.target: expected a file, { name: 'signals.csv', text: its content }, got undefined",
    );
    expect(refusal(loosely('{ "file": { "name": "a", "text": "y\\n1" }, "targets": "y" }'))).toContain(
      "fromCsv.targets: expected a list of names of columns, such as ['y'], got 'y'",
    );
    expect(refusal(loosely('{ "target": { "name": "a", "text": "y\\n1" }, "targets": ["y"] }'))).toBe(
      'fromCsv.targets: unknown field; expected one of input, target',
    );
  });

  it('has settings that tell the data it was made of', () => {
    const make = (text: string, choice: Omit<CsvColumns, 'file'> = { inputs: ['x'], targets: ['y'] }) =>
      fromCsv({ file: file(text), ...choice }).settings;
    const settings = make('x,y,z\n1,2,3\n4,5,6\n');
    expect(settings).toEqual({
      timesteps: 2,
      input: { file: 'a.csv', columns: ['x'], digest: '31619b0e' }, // Python: zlib.crc32(struct.pack('<2d', 1, 4))
      target: { file: 'a.csv', columns: ['y'], digest: '6a5bde97' },
    });
    expect(make('x,y,z\r\n1.0,2e0,3\r\n4,5,seven')).toEqual(settings); // the same numbers
    expect(make('x,y,z\n1,2,3\n4,5.0000000000000009,6\n')).not.toEqual(settings); // one ulp off
    expect(make('x,y,z\n4,2,3\n1,5,6\n')).not.toEqual(settings); // another order
    expect(make('x,y,z\n1,2,3\n4,5,6\n', { inputs: ['y'], targets: ['x'] })).not.toEqual(settings);
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });

  it('takes no longer than a file is long', () => {
    const began = process.cpuUsage();
    const columns = Array.from({ length: 20_000 }, (_, i) => `c${i}`);
    const wide = `${columns.join(',')}\n${columns.map(() => '1').join(',')}\n`;
    expect(fromCsv({ target: file(wide) }).outputs).toBe(20_000);
    for (const cell of [`${'1'.repeat(200_000)}x`, `${'1.'.repeat(100_000)}x`, `${' '.repeat(200_000)}x`]) {
      const message = refusal(() => fromCsv({ target: file(`y\n${cell}\n`) }));
      expect(message.length).toBeLessThan(300);
    }
    expect(process.cpuUsage(began).user).toBeLessThan(2e6); // it was a minute and more
  });
});
