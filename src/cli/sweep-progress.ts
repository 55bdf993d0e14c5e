import cliProgress from 'cli-progress';

/** Shows how far many things that run side by side are, on standard error: a bar on a terminal, elsewhere a plain line every few seconds. */
export interface SweepProgress {
  /** `done` were kept, out of `total`. */
  begin(done: number, total: number): void;
  /** So many are done; a fraction where some are on their way. */
  reached(done: number): void;
  /** A line of its own. */
  say(line: string): void;
  end(): void;
}

/** How long between two lines, ms. */
const PATIENCE = 2000;

/** @param name What runs. @param units What it counts. */
export function sweepProgress(name = 'sweep', units = 'realizations'): SweepProgress {
  const began = performance.now();
  let [kept, all] = [0, 0];
  /** What is left of it at the pace so far; nothing while there is none. */
  const left = (done: number): string => {
    const seconds = ((performance.now() - began) / 1000 / (done - kept)) * (all - done);
    return Number.isFinite(seconds) ? `${duration(seconds)} left` : 'beginning';
  };
  const shown = process.stderr.isTTY ? bar(name, units, left) : lines(name, units, left);
  return {
    ...shown,
    begin: (done, total) => {
      [kept, all] = [done, total];
      shown.begin(done, total);
    },
  };
}

function bar(name: string, units: string, left: (done: number) => string): SweepProgress {
  const drawn = new cliProgress.SingleBar(
    {
      format: `${name} {bar} {whole} of {total} ${units}, {left}`,
      stream: process.stderr,
      hideCursor: true,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  let running = false;
  return {
    begin: (done, total) => {
      drawn.start(total, done, { whole: done, left: 'beginning' });
      running = true;
    },
    reached: (done) => {
      drawn.update(done, { whole: Math.floor(done), left: left(done) });
    },
    say: (line) => {
      process.stderr.write(`\r\u001b[K${line}\n`);
      drawn.render();
    },
    end: () => {
      if (running) drawn.stop();
      running = false;
    },
  };
}

function lines(name: string, units: string, left: (done: number) => string): SweepProgress {
  let [all, next] = [0, performance.now() + PATIENCE];
  return {
    begin: (done, total) => {
      all = total;
      if (done > 0) process.stderr.write(`${name}: ${done} of ${total} ${units} are kept\n`);
    },
    reached: (done) => {
      const now = performance.now();
      if (now < next) return;
      next = now + PATIENCE;
      process.stderr.write(`${name}: ${Math.floor(done)} of ${all} ${units}, ${left(done)}\n`);
    },
    say: (line) => {
      process.stderr.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

/** `48 s`, `12 min`, `3 h 20 min`. */
function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
