import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Command } from './contenders/index.ts';
import type { Learned } from './peers/serve.ts';

/** Text as what it is in JSON. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('is no JSON');
    return z.NEVER;
  }
});

const matrix = z.array(z.array(z.number()));

/** The lines a peer prints: that it is ready, what it learned, how long it took. */
const ready = z.object({ versions: z.record(z.string(), z.string()), build: z.array(z.number()).optional() });
const learned = z.object({ loss: z.array(z.number()), w_rec: matrix, w_out: matrix });
const ran = z.object({ milliseconds: z.number() });

/** What a peer says of itself: what it calculates with, and how long each building of its engine took, ms. */
export type Ready = z.infer<typeof ready>;

/** One thread for everyone. Two variables that hold OpenBLAS to kernels of old processors are taken away: it is to choose. */
const ENVIRONMENT = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  OPENBLAS_CORETYPE: undefined,
  OPENBLAS_L2_SIZE: undefined,
};

/** How much of what a peer complained is told when it fails. */
const LAST_WORDS = 1000;

/** A peer that is running: it has read its problem, and answers one command after another. */
export class PeerProcess {
  private readonly lines: AsyncIterator<string>;
  private readonly ended: Promise<number | null>;
  private complaints = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
  ) {
    this.lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stderr.on('data', (part: Buffer) => {
      this.complaints = (this.complaints + part.toString()).slice(-LAST_WORDS);
    });
    // A peer that has died is noticed when it does not answer.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.on('close', resolve);
      child.on('error', (error) => {
        this.complaints = error.message;
        resolve(null);
      });
    });
  }

  /** Starts a peer and waits until it is ready. @throws Error with what it complained, if it fails. */
  static async start(name: string, { program, args }: Command, problem: string): Promise<[PeerProcess, Ready]> {
    const child = spawn(program, [...args, problem], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
    const peer = new PeerProcess(name, child);
    return [peer, await peer.answer(ready)];
  }

  /** What it learns in so many trials from the problem's weights. */
  learn(trials: number): Promise<Learned> {
    return this.ask(`learn ${trials}`, learned);
  }

  /** How long one of so many trials takes it, from the problem's weights, ms. */
  async run(trials: number): Promise<number> {
    return (await this.ask(`run ${trials}`, ran)).milliseconds;
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }

  private ask<T>(command: string, schema: z.ZodType<T>): Promise<T> {
    this.child.stdin.write(`${command}\n`);
    return this.answer(schema);
  }

  private async answer<T>(schema: z.ZodType<T>): Promise<T> {
    const line = await this.lines.next();
    if (line.done) throw new Error(`${this.name} ended (exit code ${await this.ended}): ${this.complaints.trim()}`);
    const { data, success } = json.pipe(schema).safeParse(line.value);
    if (!success) throw new Error(`${this.name} gave an answer that is none: ${line.value.slice(0, 80)}`);
    return data;
  }
}
