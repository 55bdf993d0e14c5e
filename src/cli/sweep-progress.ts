import cliProgress from 'cli-progress';

/** Shows the progress of many parallel jobs on standard error: a bar on a terminal, otherwise a line every few seconds. */
export interface SweepProgress {
  /** `done` of `total` were already finished and saved. */
  begin(done: number, total: number): void;
  /** The number of finished jobs; a fraction counts jobs that are running. */
  reached(done: number): void;
  /** Prints a separate line. */
  say(line: string): void;
  end(): void;
}

/** Time between two lines, ms. */
const PATIENCE = 2000;

/** @param name The name of the work. @param units What is counted. */
export function sweepProgress(name = 'sweep', units = 'realizations'): SweepProgress {
  const began = performance.now();
  let [kept, all] = [0, 0];
  /** The remaining time at the pace so far, if any job has finished. */
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
      if (done > 0) process.stderr.write(`${name}: ${done} of ${total} ${units} are already done\n`);
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
