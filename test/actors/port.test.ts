import { config } from 'rxjs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Port } from '../../src/actors/port.ts';
import { RunError } from '../../src/errors/index.ts';
import { failure } from '../support/failure.ts';

afterEach(() => {
  config.onUnhandledError = null;
});

describe('a port', () => {
  it('delivers to the actors in the order they were connected, then to the taps', () => {
    const port = new Port<number>();
    const heard: string[] = [];
    port.subscribe((value) => heard.push(`tap ${value}`));
    for (const name of ['a', 'b']) port.connect({ name, next: (value) => heard.push(`${name} ${value}`) });
    port.send(1);
    port.deliver(2);
    port.show(3);
    expect(heard).toEqual(['a 1', 'b 1', 'tap 1', 'a 2', 'b 2', 'tap 3']);
  });

  it('knows whether anyone taps it, so that nothing is made for nobody', () => {
    const port = new Port<number>();
    port.connect({ name: 'actor', next: () => undefined });
    expect(port.tapped).toBe(false);
    const taps = [port.subscribe(), port.subscribe()];
    expect(port.tapped).toBe(true);
    taps[0].unsubscribe();
    expect(port.tapped).toBe(true);
    taps[1].unsubscribe();
    expect(port.tapped).toBe(false);
  });

  it('hands on what an actor throws at once, with its name; those after it hear nothing', () => {
    const port = new Port<number>();
    const heard: string[] = [];
    port.connect({ name: 'first', next: () => heard.push('first') });
    port.connect({
      name: 'second',
      next: () => {
        throw new Error('oh');
      },
    });
    port.connect({ name: 'third', next: () => heard.push('third') });
    port.subscribe(() => heard.push('tap'));
    expect(
      failure(() => {
        port.send(1);
      }).message,
    ).toBe('second: oh');
    expect(heard).toEqual(['first']);
  });

  it('keeps the name that a failure has already', () => {
    const port = new Port<number>();
    port.connect({
      name: 'outer',
      next: () => {
        throw new RunError('inner', 'oh');
      },
    });
    expect(
      failure(() => {
        port.send(1);
      }).actor,
    ).toBe('inner');
  });

  it('is not disturbed by a tap that throws, nor are the other taps', async () => {
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const port = new Port<number>();
    const heard: number[] = [];
    const mishap = new Error('my own fault');
    port.subscribe(() => {
      throw mishap;
    });
    port.subscribe((value) => heard.push(value));
    port.send(1);
    port.send(2);
    expect(heard).toEqual([1, 2]);
    await pause(10);
    expect(reported).toContain(mishap);
  });

  it('may be tapped and left while it sends', () => {
    const port = new Port<number>();
    const heard: string[] = [];
    const first = port.subscribe((value) => {
      heard.push(`first ${value}`);
      first.unsubscribe();
      port.subscribe((later) => heard.push(`late ${later}`));
    });
    port.subscribe((value) => heard.push(`second ${value}`));
    port.send(1);
    port.send(2);
    expect(heard).toEqual(['first 1', 'second 1', 'second 2', 'late 2']);
  });
});
