import cliProgress from 'cli-progress';

/** Shows the progress of trials on standard error: a bar on a terminal, otherwise a line every few seconds. */
export interface Progress {
  begin(name: string, from: number, total: number): void;
  trial(trial: number, loss: number): void;
  end(): void;
}

/** How long a run may take before the first line, and the time between lines, ms. */
const PATIENCE = 2000;

export function progress(): Progress {
  return process.stderr.isTTY ? bar() : lines();
}

function bar(): Progress {
  let shown: cliProgress.SingleBar | undefined;
  return {
    begin: (name, from, total) => {
      shown = new cliProgress.SingleBar(
        {
          format: `${name.padEnd(12)} {bar} trial {value}/{total}  loss {loss}  {eta_formatted} left`,
          stream: process.stderr,
          hideCursor: true,
          gracefulExit: false,
          etaBuffer: 50,
        },
        cliProgress.Presets.shades_classic,
      );
      shown.start(total, from, { loss: '-' });
    },
    trial: (trial, loss) => shown?.update(trial, { loss: loss.toExponential(2) }),
    end: () => {
      shown?.stop();
      shown = undefined;
    },
  };
}

function lines(): Progress {
  let [name, first, total, began, next] = ['', 0, 0, 0, 0];
  return {
    begin: (learner, from, of) => {
      began = performance.now();
      [name, first, total, next] = [learner, from, of, began + PATIENCE];
    },
    trial: (trial, loss) => {
      const now = performance.now();
      if (now < next) return;
      next = now + PATIENCE;
      const left = ((now - began) / (trial - first)) * (total - trial);
      process.stderr.write(
        `${name}: trial ${trial} of ${total}, loss ${loss.toExponential(2)}, ${Math.ceil(left / 1000)} s left\n`,
      );
    },
    end: () => undefined,
  };
}
