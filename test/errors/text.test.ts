import { describe, expect, it } from 'vitest';
import { InputError, oneLine, oneOf, RunError, show } from '../../src/errors/index.ts';

describe('an error message', () => {
  it('is one line that moves no cursor and hides nothing, whoever wrote the names in it', () => {
    const { message } = new InputError('f\u001b]0;x\u0007\n: a\u009b2J', '\u202e\u2028\ud800 is wrong');
    expect(message).toBe('f\\u001b]0;x\\u0007 : a\\u009b2J: \\u202e \\ud800 is wrong');
  });

  it('is one line also where a run failed with what a user threw', () => {
    const { message, problem } = new RunError('task.trial', 'two\nlines\u0007', { trial: 3 });
    expect(message).toBe('task.trial (trial 3): two lines\\u0007');
    expect(problem).toBe('two lines\\u0007');
  });

  it('has an end, whatever is in it', () => {
    const { message, place, problem } = new InputError('p'.repeat(1e6), '\u0000'.repeat(1e6));
    expect([place.length, problem.length, message.length]).toEqual([800, 1000, 1802]);
    expect(new InputError(place, problem).within('x').problem).toBe(problem);
    expect(show('x'.repeat(5000)).length).toBeLessThan(130);
    expect(oneLine('x'.repeat(5000), 20)).toBe('xxxxxxxxxxxxxxxxx...');
  });

  it('says that something is an object where that cannot be written', () => {
    const inItself: Record<string, unknown> = {};
    inItself['self'] = inItself;
    expect([inItself, { big: 1n }].map(show)).toEqual(['an object', 'an object']);
  });

  it('lists names, and of very many the first', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(oneOf)).toEqual([
      ...['nothing (there are none)', "'a'", "'a' or 'b'", "'a', 'b' or 'c'"],
    ]);
    const many = Array.from({ length: 200_000 }, (_, i) => `l${i}`);
    expect(oneOf(many)).toMatch(/^'l0', .*'l19' or one of 199980 more$/);
  });
});
